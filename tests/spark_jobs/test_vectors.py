from pyspark.ml.linalg import SparseVector

from penstock.tables import EXAMPLES, ddl
from spark_jobs.storage import open_table
from spark_jobs.vectors import open_rows

S3 = "s3://penstock-test/vectors"


def test_vectors_that_are_stored_as_structs_are_read_as_vectors(spark):
    row = (1.0, (0, 3, [1], [2.0]), "train", "file", "1 2:2")
    spark.createDataFrame([row], ddl(EXAMPLES)).write.mode("overwrite").parquet(f"{S3}/examples")
    rows = open_rows(spark, f"{S3}/examples")
    assert rows.collect() == [(1.0, SparseVector(3, {1: 2.0}), "train", "file", "1 2:2")]
    assert dict(open_table(spark, f"{S3}/examples").dtypes) == EXAMPLES


def test_other_structs_stay_structs(spark):
    schema = "point struct<x:int,y:int>, tags array<string>"
    spark.createDataFrame([((1, 2), ["a"])], schema).write.mode("overwrite").parquet(f"{S3}/points")
    assert dict(open_rows(spark, f"{S3}/points").dtypes) == {"point": "struct<x:int,y:int>", "tags": "array<string>"}
