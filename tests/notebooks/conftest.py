from tests.spark_session import bucket, pytest_configure, spark

__all__ = ["bucket", "pytest_configure", "spark"]
