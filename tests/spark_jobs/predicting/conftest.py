import pytest

from tests.spark_jobs.predicting.zoo import Case


@pytest.fixture
def case(spark, bucket):
    return Case(spark, bucket)
