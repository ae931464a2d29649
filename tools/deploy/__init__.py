"""A deployment on AWS: the stacks of infra/, the code below its content hash, what Airflow reads, and the way back."""
