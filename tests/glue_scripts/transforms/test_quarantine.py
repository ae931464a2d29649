from pyspark.sql import functions as F

from glue_scripts.transforms.quarantine import good, refused

JUDGED = "part string, file string, line string, reason string"
HEADER = "repeated header"


def test_each_file_keeps_back_its_own_header_once_per_source(spark):
    rows = [
        ("train", "f", "a,b", HEADER),
        ("train", "f", "a,b", HEADER),
        ("train", "g", "a,b", HEADER),
        ("train", "f", "x", "not 2 columns"),
        ("train", "f", "1,2", None),
        ("test", "f", "a,b", HEADER),
    ]
    judged = spark.createDataFrame(rows, JUDGED)
    assert sorted(refused(judged, F.col("part")).collect()) == [
        ("train", "f", "a,b", HEADER),
        ("train", "f", "x", "not 2 columns"),
    ]
    assert good(judged).collect() == [("train", "f", "1,2", None)]
    assert {row.source for row in refused(judged, "both").collect()} == {"both"}
