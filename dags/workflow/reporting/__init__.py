"""The report of a run: everything its jobs left on S3 and what Airflow knows of its tasks, as a page and as JSON."""
