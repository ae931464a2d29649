"""The Airflow-side library: everything about a workflow that is not its values or its shape."""
