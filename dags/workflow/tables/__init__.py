"""Application tables: what a run found, bulk-loaded into a SQL database through an Airflow connection."""
