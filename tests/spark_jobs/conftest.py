import numpy as np
import pytest

from penstock.tables import RATINGS
from spark_jobs.storage import write_table
from tests.spark_session import bucket, pytest_configure, spark

__all__ = ["bucket", "pytest_configure", "spark", "two_tastes"]


@pytest.fixture(scope="session")
def two_tastes(spark):
    """URI of a table of 60 users x 40 items: even users choose and like even items, odd users odd ones.

    One rating a second; about 70 ratings in 100 of the matching kind, 10 in 100 of the other.
    """
    rng = np.random.default_rng(11)
    rows = []
    for user in range(1, 61):
        for item in range(1, 41):
            alike = user % 2 == item % 2
            if rng.random() < (0.7 if alike else 0.1):
                rating = float(rng.integers(7, 11) if alike else rng.integers(1, 5)) / 2
                rows.append((user, item, rating, 10**9 + len(rows)))
    uri = "s3://penstock-test/two_tastes/ratings"
    write_table(spark.createDataFrame(rows, "user_id int, item_id int, rating double, rated_at long"), uri, RATINGS)
    return uri
