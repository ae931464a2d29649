from penstock.spark_settings import PARTITION_BYTES
from spark_jobs.session import fit_shuffles, get_session


def test_session_is_utc_ansi_and_keeps_the_python_it_was_given(spark):
    session = get_session("again")
    assert session is spark
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"
    assert session.conf.get("spark.sql.ansi.enabled") == "true"
    assert session.conf.get("spark.pyspark.python", None) is None


def test_a_number_of_shuffle_partitions_given_to_spark_submit_wins(spark):
    assert fit_shuffles(spark, 100 * PARTITION_BYTES) == 1
