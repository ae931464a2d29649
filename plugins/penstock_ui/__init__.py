"""Pages and links in the Airflow UI, behind Airflow's own login and permissions.

It lies in the plugins folder, because the API server imports from there and not from the DAGs folder.
"""
