"""EMR steps that are Spark applications, as EMR users submit them."""

import io
import zipfile

JOB = """
import sys
from pyspark.sql import SparkSession
from helpers.columns import DOUBLED
spark = SparkSession.builder.appName("double").getOrCreate()
source, target = sys.argv[1:]
numbers = spark.read.csv(source, header=True, schema="id int, value int")
numbers.selectExpr("id", f"{DOUBLED} as doubled").repartition("id").write.mode("overwrite").parquet(target)
rows = spark.read.parquet(target.replace("s3://", "s3a://")).orderBy("id").collect()
print([tuple(row) for row in rows])
print(spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get("spark.custom"), spark.sparkContext.master)
print("a warning for the operator", file=sys.stderr)
"""
HELPERS = {"helpers/__init__.py": "", "helpers/columns.py": "DOUBLED = 'value * 2'"}
FAILING = """
def check(rows):
    raise ValueError(f"{rows} rows are not enough")
check(3)
"""


def packed(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_an_application_reads_and_writes_the_buckets(aws, emr, cluster):
    step_id, status = emr.run(
        cluster,
        *("spark-submit", "--deploy-mode", "cluster", "--master", "yarn"),
        *("--conf", "spark.custom=yes", "--conf", "spark.pyspark.python=/usr/bin/python3.11"),
        *("--py-files", aws.put("code/helpers.zip", packed(HELPERS))),
        *(aws.put("code/double.py", JOB), aws.put("in/numbers.csv", "id,value\n1,10\n2,20\n"), "s3://lake/out/double"),
    )
    folder = f"s3://lake/logs/{cluster}/steps/{step_id}"
    assert status["State"] == "COMPLETED", aws.log(f"{folder}/stderr.gz")
    lines = aws.log(f"{folder}/stdout.gz").splitlines()
    assert lines == ["[(1, 20), (2, 40)]", "7 yes local[1]"]
    assert aws.log(f"{folder}/stderr.gz") == "a warning for the operator\n"
    written = aws.keys("out/double/")
    assert "out/double/_SUCCESS" in written
    assert [key for key in written if key.endswith(".crc")] == []


def test_a_failing_application_says_its_exception_and_leaves_the_traceback(aws, emr, cluster):
    step_id, status = emr.run(cluster, "spark-submit", aws.put("code/failing.py", FAILING))
    assert status["State"] == "FAILED"
    assert status["FailureDetails"]["Message"] == "ValueError: 3 rows are not enough"
    trace = aws.log(status["FailureDetails"]["LogFile"])
    assert "in check\n" in trace
    assert trace.endswith("ValueError: 3 rows are not enough\n")
    assert aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz") == ""
