"""The local stack: the local AWS, MLflow and Airflow under one process manager."""
