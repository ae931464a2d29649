from spark_jobs.session import MOST_PARTITIONS, PARTITION_BYTES, fit_shuffles, get_session, partitions_for


def test_session_is_utc_ansi_and_keeps_the_python_it_was_given(spark):
    session = get_session("again")
    assert session is spark
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"
    assert session.conf.get("spark.sql.ansi.enabled") == "true"
    assert session.conf.get("spark.pyspark.python", None) is None


def test_shuffle_partitions_follow_the_size_of_the_input():
    assert partitions_for(0) == 1
    assert partitions_for(PARTITION_BYTES) == 1
    assert partitions_for(PARTITION_BYTES + 1) == 2
    assert partitions_for(10**15) == MOST_PARTITIONS


def test_a_number_of_shuffle_partitions_given_to_spark_submit_wins(spark):
    assert fit_shuffles(spark, 100 * PARTITION_BYTES) == 1
