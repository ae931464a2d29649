"""Crawlers: what they make of the files in their targets."""

import subprocess
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.glue.crawlers.exclusions import excluder
from local_aws.glue.crawlers.sniff import is_header, sniff
from tests.local_aws.conftest import SPARK_PYTHON, eventually

PARQUET = """
import sys, pyarrow, pyarrow.parquet
table = pyarrow.table({"Id": pyarrow.array([1, 2], pyarrow.int32()), "tags": [["a"], ["b", "c"]]})
pyarrow.parquet.write_table(table, sys.argv[1])
"""


@pytest.fixture(scope="module")
def targets(aws, tmp_path_factory) -> list[dict[str, Any]]:
    """Files of every kind, in folders of every kind."""
    aws.put("crawl/mixed/ratings.csv", "userId,rating\n1,4.5\n2,3\n")
    aws.put("crawl/mixed/movies.csv", "movieId|title|seen\n1|Heat|true\n2|Alien|false\n")
    aws.put("crawl/mixed/_SUCCESS", "not data\n")
    aws.put("crawl/bare/part-0.csv", "ann,1\nbob,2\n")
    aws.put("crawl/Events Log/year=2025/a.json", '{"id": 1, "who": {"name": "ann"}}\n')
    aws.put("crawl/Events Log/year=2026/a.json", '{"id": 2, "who": {"name": "bob"}}\n')
    aws.put("crawl/Events Log/year=2026/a.tmp", "rubbish")
    for month in ("01", "02"):
        aws.put(f"crawl/months/{month}/a.csv", f"day,sold\nmon,{month}\ntue,2\n")
    local = tmp_path_factory.mktemp("parquet") / "a.parquet"
    subprocess.run([SPARK_PYTHON, "-c", PARQUET, str(local)], check=True)
    aws.put("crawl/items/a.parquet", local.read_bytes())
    return [
        {"Path": "s3://lake/crawl/mixed"},
        {"Path": "s3://lake/crawl/bare/"},
        {"Path": "s3://lake/crawl/Events Log/", "Exclusions": ["**.tmp"]},
        {"Path": "s3://lake/crawl/months/"},
        {"Path": "s3://lake/crawl/items/"},
    ]


class Crawler:
    """One crawler."""

    def __init__(self, aws, wait, name: str, **definition: Any) -> None:
        self.client, self.name, self._wait = aws.client("glue"), name, wait
        self.client.create_crawler(Name=name, Role="r", DatabaseName="crawled", **definition)

    def get(self) -> dict[str, Any]:
        return dict(self.client.get_crawler(Name=self.name)["Crawler"])

    def crawl(self) -> dict[str, Any]:
        self.client.start_crawler(Name=self.name)
        return dict(self._wait(lambda: (now := self.get())["State"] == "READY" and now, 60))

    def tables(self) -> dict[str, Any]:
        return {table["Name"]: table for table in self.client.get_tables(DatabaseName="crawled")["TableList"]}


def columns(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["Name"], item["Type"]) for item in table["StorageDescriptor"]["Columns"]]


def partitions(crawler: Crawler, table: str) -> dict[str, str]:
    found = crawler.client.get_partitions(DatabaseName="crawled", TableName=table)["Partitions"]
    return {item["Values"][0]: item["StorageDescriptor"]["Location"] for item in found}


@pytest.fixture(scope="module")
def crawler(aws, targets) -> Crawler:
    """A crawler that has crawled once."""
    policy = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DELETE_FROM_DATABASE"}
    made = Crawler(aws, eventually, "all", Targets={"S3Targets": targets}, TablePrefix="t_", SchemaChangePolicy=policy)
    made.client.start_crawler(Name="all")
    assert made.get()["State"] == "RUNNING"
    with pytest.raises(ClientError, match="CrawlerRunningException"):
        made.client.start_crawler(Name="all")
    eventually(lambda: made.get()["State"] == "READY", 60)
    return made


def test_a_crawl_infers_tables_and_partitions(crawler):
    assert crawler.get()["LastCrawl"]["Status"] == "SUCCEEDED", crawler.get()["LastCrawl"]
    tables = crawler.tables()
    assert sorted(tables) == ["t_bare", "t_events_log", "t_items", "t_months", "t_movies_csv", "t_ratings_csv"]
    assert columns(tables["t_ratings_csv"]) == [("userid", "bigint"), ("rating", "double")]
    assert columns(tables["t_movies_csv"]) == [("movieid", "bigint"), ("title", "string"), ("seen", "boolean")]
    assert tables["t_movies_csv"]["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] == "|"
    assert tables["t_ratings_csv"]["Parameters"]["skip.header.line.count"] == "1"
    assert columns(tables["t_bare"]) == [("col0", "string"), ("col1", "bigint")]
    assert "skip.header.line.count" not in tables["t_bare"]["Parameters"]
    assert columns(tables["t_events_log"]) == [("id", "bigint"), ("who", "struct<name:string>")]
    assert tables["t_events_log"]["PartitionKeys"] == [{"Name": "year", "Type": "string"}]
    folder = "s3://lake/crawl/Events Log"
    years = partitions(crawler, "t_events_log")
    assert years == {"2025": f"{folder}/year=2025/", "2026": f"{folder}/year=2026/"}
    assert tables["t_months"]["PartitionKeys"] == [{"Name": "partition_0", "Type": "string"}]
    assert sorted(partitions(crawler, "t_months")) == ["01", "02"]
    assert columns(tables["t_items"]) == [("id", "int"), ("tags", "array<string>")]
    assert tables["t_items"]["Parameters"]["classification"] == "parquet"
    [metrics] = crawler.client.get_crawler_metrics(CrawlerNameList=["all"])["CrawlerMetricsList"]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"]) == (6, 0)


def test_a_second_crawl_follows_the_schema_change_policy(aws, crawler):
    aws.put("crawl/bare/part-0.csv", "ann,1,0.5\nbob,2,1\n")
    aws.put("crawl/Events Log/year=2027/a.json", '{"id": 3, "who": {"name": "cy"}}\n')
    aws.client("s3").delete_object(Bucket="lake", Key="crawl/items/a.parquet")
    assert crawler.crawl()["LastCrawl"]["Status"] == "SUCCEEDED"
    tables = crawler.tables()
    assert columns(tables["t_bare"]) == [("col0", "string"), ("col1", "bigint"), ("col2", "double")]
    assert sorted(partitions(crawler, "t_events_log")) == ["2025", "2026", "2027"]
    assert "t_items" not in tables
    [metrics] = crawler.client.get_crawler_metrics(CrawlerNameList=["all"])["CrawlerMetricsList"]
    assert (metrics["TablesCreated"], metrics["TablesDeleted"]) == (6, 1)


def test_a_crawl_that_cannot_crawl_fails_and_one_that_is_stopped_is_cancelled(aws, wait, targets):
    crawler = Crawler(aws, wait, "failing", Targets={"S3Targets": [{"Path": "s3://no-bucket/x"}]})
    last = crawler.crawl()["LastCrawl"]
    assert (last["Status"], "there is no bucket no-bucket" in last["ErrorMessage"]) == ("FAILED", True)
    crawler.client.update_crawler(Name="failing", Targets={"S3Targets": targets})
    crawler.client.start_crawler(Name="failing")
    crawler.client.stop_crawler(Name="failing")
    wait(lambda: crawler.get()["State"] == "READY")
    assert crawler.get()["LastCrawl"]["Status"] == "CANCELLED"
    with pytest.raises(ClientError, match="CrawlerNotRunningException"):
        crawler.client.stop_crawler(Name="failing")


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["id", "name"], ["1", "ann"]], True),
        ([["id", "name"], ["x", "ann"]], False),
        ([["1", "name"], ["2", "ann"]], False),
        ([["id", ""], ["1", "ann"]], True),
        ([["id", "n" * 151], ["1", "ann"]], True),
        ([["n" * 151, "id"], ["1", "ann"]], False),
    ],
)
def test_a_header_is_text_above_values(rows, header):
    assert is_header(rows[0], rows[1:]) is header


@pytest.mark.parametrize(
    ("pattern", "excluded"),
    [
        ("*.csv", ["a.csv"]),
        ("**.csv", ["a.csv", "b/c.csv"]),
        ("b/**", ["b/c.csv", "b/d.txt"]),
        ("{a,x}.csv", ["a.csv"]),
    ],
)
def test_exclusions_are_globs_relative_to_the_target(pattern, excluded):
    keys = ["a.csv", "b/c.csv", "b/d.txt"]
    excludes = excluder([pattern], "in/here")
    assert [key for key in keys if excludes(f"in/here/{key}")] == excluded


def test_what_no_classifier_knows_is_no_table(tmp_path):
    for name, content in {"a.bin": b"\xff\xfe\x00\x01", "a.txt": b"words in a line\n"}.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert sniff(path) is None
