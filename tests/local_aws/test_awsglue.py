"""The awsglue package of Glue runs: arguments, frames, the Data Catalog and bookmarks, each in real Spark."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import eventually
from tests.local_aws.test_glue import Job, logged

SHIM = Path(__file__).resolve().parents[2] / "local_aws/glue/shim"
START = """
import json, sys
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
said = {}
def rows(frame):
    return sorted(([str(v) for v in row] for row in frame.toDF().collect()), key=str)
"""
END = "\njob.commit()\nprint(json.dumps(said))\n"

TRANSFORMS = """
place = {"paths": ["s3://lake/in/csv"], "exclusions": '["**.bak"]'}
csv = glueContext.create_dynamic_frame.from_options("s3", place, format="csv", format_options={"withHeader": True})
said["csv"] = [csv.toDF().columns, rows(csv)]
bare = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://lake/in/bare"]}, format="csv")
said["bare"] = bare.toDF().columns
mapped = ApplyMapping.apply(frame=csv, mappings=[
    ("id", "string", "id", "long"), ("name", "string", "who.name", "string"), ("none", "string", "x", "int")])
said["mapped"] = [mapped.toDF().dtypes, rows(mapped)]
said["selected"] = rows(SelectFields.apply(mapped, paths=["who.name", "none"]))
said["dropped"] = DropFields.apply(csv, paths=["name", "empty"]).toDF().columns
said["renamed"] = RenameField.apply(csv, "name", "title").toDF().columns
said["filtered"] = rows(Filter.apply(frame=mapped, f=lambda r: r["id"] > 1))
def shout(record):
    record["name"] = record["name"].upper()
    record["size"] = len(record["name"])
    return record
said["changed"] = rows(Map.apply(frame=csv.select_fields(["name"]), f=shout))
said["without nulls"] = DropNullFields.apply(frame=csv).toDF().columns
other = DynamicFrame.fromDF(spark.createDataFrame([("1", "x"), ("9", "y")], "id string, tag string"), glueContext, "o")
joined = Join.apply(csv.select_fields(["id"]), other, "id", "id")
said["joined"] = [joined.toDF().columns, rows(joined)]
written = glueContext.write_dynamic_frame.from_options(
    mapped, "s3", {"path": "s3://lake/out/mapped", "partitionKeys": ["id"]}, format="glueparquet")
try:
    Relationalize
except NameError:
    said["missing"] = True
"""

CATALOG = """
frame = glueContext.create_dynamic_frame.from_catalog(
    database="shop", table_name="sales", push_down_predicate="day > 1", transformation_ctx="sales")
said["schema"] = frame.toDF().dtypes if frame.toDF().columns else []
said["rows"] = rows(frame)
for choice in ("cast:string", "project:long", "make_cols", "make_struct", "match_catalog"):
    resolved = frame.resolveChoice(choice=choice, database="shop", table_name="sales")
    said[choice] = [resolved.toDF().dtypes, rows(resolved)]
said["specs"] = rows(ResolveChoice.apply(frame=frame, specs=[("price", "cast:double")]))
"""

SINKS = """
schema = "n int, s string, p string"
data = DynamicFrame.fromDF(spark.createDataFrame([(1, "a", "x"), (2, "b", None)], schema), glueContext, "data")
sink = glueContext.getSink(connection_type="s3", path="s3://lake/out/sunk", enableUpdateCatalog=True,
                           updateBehavior="UPDATE_IN_DATABASE", partitionKeys=["p"])
sink.setCatalogInfo(catalogDatabase="shop", catalogTableName="sunk")
sink.setFormat("csv")
sink.writeFrame(data)
more = DynamicFrame.fromDF(spark.createDataFrame([(3, "c", "y")], schema), glueContext, "more")
glueContext.write_dynamic_frame.from_catalog(frame=more, database="shop", table_name="sunk")
said["back"] = rows(glueContext.create_dynamic_frame.from_catalog("shop", "sunk"))
"""


SQL = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print(spark.sql('select n, p from shop.sunk where p is not null order by n').collect())
"""
BOOKMARK = {"--job-bookmark-option": "job-bookmark-enable"}


@pytest.fixture(scope="module")
def shop(aws) -> Any:
    """Put files and a catalogue table of two partitions in place."""
    aws.put("in/csv/a.csv", "id,name,empty\n1,ann,\n2,bob,\n")
    aws.put("in/csv/b.bak", "not,a,csv\n")
    aws.put("in/bare/a.csv", "1,ann\n")
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "shop"})
    storage = {
        "Columns": [{"Name": "item", "Type": "string"}, {"Name": "price", "Type": "bigint"}],
        "Location": "s3://lake/in/sales/",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": "|"},
        },
    }
    table = {
        "Name": "sales",
        "PartitionKeys": [{"Name": "day", "Type": "int"}],
        "StorageDescriptor": storage,
        "Parameters": {"classification": "csv", "skip.header.line.count": "1"},
    }
    glue.create_table(DatabaseName="shop", TableInput=table)
    for day in ("1", "2"):
        location = f"s3://lake/in/sales/day={day}/"
        partition = {"Values": [day], "StorageDescriptor": storage | {"Location": location}}
        glue.create_partition(DatabaseName="shop", TableName="sales", PartitionInput=partition)
    aws.put("in/sales/day=1/a.csv", "item|price\nold|1\n")
    aws.put("in/sales/day=2/a.csv", "item|price\npen|3\ngift|free\n")
    return glue


def said(aws, run: dict[str, Any]) -> dict[str, Any]:
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    return dict(json.loads(logged(aws, run, "output")[-1]))


@dataclass
class Begun:
    """A job and its first run, which may still be going on."""

    job: Job
    run_id: str

    def ended(self) -> dict[str, Any]:
        return self.job.until(self.run_id)


@pytest.fixture(scope="module")
def begun(aws, shop) -> dict[str, Begun]:
    """Start the first runs of all jobs at once, as a machine has more than one core."""
    jobs = {
        "transforms": Job(aws, eventually, "transforms", START + TRANSFORMS + END),
        "bookmarked": Job(aws, eventually, "bookmarked", START + CATALOG + END, DefaultArguments=BOOKMARK),
        "sinks": Job(aws, eventually, "sinks", START + SINKS + END),
    }
    with pytest.raises(ClientError, match="Continuation for job bookmarked not found"):
        shop.get_job_bookmark(JobName="bookmarked")
    return {name: Begun(job, job.start()) for name, job in jobs.items()}


def test_frames_are_transformed_as_glue_does(aws, begun):
    found = said(aws, begun["transforms"].ended())
    assert found["csv"] == [["id", "name", "empty"], [["1", "ann", "None"], ["2", "bob", "None"]]]
    assert found["bare"] == ["col0", "col1"]
    assert found["mapped"][0] == [["id", "bigint"], ["who", "struct<name:string>"]]
    assert found["mapped"][1] == [["1", "Row(name='ann')"], ["2", "Row(name='bob')"]]
    assert found["selected"] == [["Row(name='ann')"], ["Row(name='bob')"]]
    assert found["dropped"] == ["id"]
    assert found["renamed"] == ["id", "title", "empty"]
    assert found["filtered"] == [["2", "Row(name='bob')"]]
    assert found["changed"] == [["ANN", "3"], ["BOB", "3"]]
    assert found["without nulls"] == ["id", "name"]
    assert found["joined"] == [["id", ".id", "tag"], [["1", "1", "x"]]]
    assert found["missing"] is True
    folders = sorted({key.split("/")[2] for key in aws.keys("out/mapped/")})
    assert folders == ["id=1", "id=2"]


def test_a_table_is_read_by_partition_with_choices_and_only_once_with_a_bookmark(aws, begun, shop):
    job, first = begun["bookmarked"].job, begun["bookmarked"].ended()
    found = said(aws, first)
    choice = "struct<long:bigint,string:string>"
    assert found["schema"] == [["item", "string"], ["price", choice], ["day", "int"]]
    gift, pen = "Row(long=None, string='free')", "Row(long=3, string=None)"
    assert found["rows"] == [["gift", gift, "2"], ["pen", pen, "2"]]
    assert found["cast:string"][1] == [["gift", "free", "2"], ["pen", "3", "2"]]
    assert found["project:long"][1] == [["gift", "None", "2"], ["pen", "3", "2"]]
    assert [name for name, _ in found["make_cols"][0]] == ["item", "price_long", "price_string", "day"]
    assert found["make_struct"][0][1] == ["price", choice]
    assert found["match_catalog"][0][1] == ["price", "bigint"]
    assert found["specs"] == [["gift", "None", "2"], ["pen", "3.0", "2"]]
    entry = shop.get_job_bookmark(JobName="bookmarked")["JobBookmarkEntry"]
    assert (entry["RunId"], entry["Run"], entry["Version"]) == (first["Id"], 1, 1)
    assert list(json.loads(entry["JobBookmark"])) == ["sales"]

    time.sleep(0.01)  # a bookmark tells files by the time of their last change
    aws.put("in/sales/day=2/b.csv", "item|price\nbag|7\n")
    assert said(aws, job.run())["rows"] == [["bag", "7", "2"]]
    shop.reset_job_bookmark(JobName="bookmarked")
    assert json.loads(shop.get_job_bookmark(JobName="bookmarked")["JobBookmarkEntry"]["JobBookmark"]) == {}


def test_sinks_make_tables_that_sql_reads(aws, wait, begun, shop):
    found = said(aws, begun["sinks"].ended())
    null = "__HIVE_DEFAULT_PARTITION__"
    assert found["back"] == [["1", "a", "x"], ["2", "b", "None"], ["3", "c", "y"]]
    table = shop.get_table(DatabaseName="shop", Name="sunk")["Table"]
    assert table["PartitionKeys"] == [{"Name": "p", "Type": "string"}]
    assert [column["Type"] for column in table["StorageDescriptor"]["Columns"]] == ["int", "string"]
    partitions = shop.get_partitions(DatabaseName="shop", TableName="sunk")["Partitions"]
    assert sorted(item["Values"][0] for item in partitions) == [null, "x", "y"]
    run = Job(aws, wait, "sql", SQL).run(enable_glue_datacatalog="true")
    assert run["JobRunState"] == "SUCCEEDED", run
    assert logged(aws, run, "output") == ["[Row(n=1, p='x'), Row(n=3, p='y')]"]


@pytest.fixture
def options(monkeypatch):
    monkeypatch.syspath_prepend(SHIM)
    from awsglue import utils  # noqa: PLC0415 - it is on the path of Glue runs only

    return utils


def test_arguments_are_resolved_by_glues_rules(options):
    argv = ["script.py", "--JOB_NAME", "job", "--a-b", "1", "--a-b=2", "--TempDir", "s3://t", "--unknown", "x"]
    found = options.getResolvedOptions(argv, ["JOB_NAME", "a-b"])
    assert (found["JOB_NAME"], found["a_b"]) == ("job", "2")
    assert (found["TempDir"], found["RedshiftTempDir"]) == ("s3://t", "s3://t")
    assert found["job_bookmark_option"] == "job-bookmark-disable"
    assert "unknown" not in found


@pytest.mark.parametrize(
    ("argv", "names", "error", "message"),
    [
        ([], ["needed"], "GlueArgumentError", "the following arguments are required: --needed"),
        (["--x"], ["x"], "GlueArgumentError", "argument --x: expected one argument"),
        ([], ["JOB_RUN_ID"], "RuntimeError", "Using reserved arguments --JOB_RUN_ID"),
        (["--job-bookmark-option", "on"], [], "GlueArgumentError", "invalid choice: 'on'"),
    ],
)
def test_arguments_that_glue_rejects(options, argv, names, error, message):
    with pytest.raises(Exception, match=message) as raised:
        options.getResolvedOptions(["script.py", *argv], names)
    assert type(raised.value).__name__ == error
