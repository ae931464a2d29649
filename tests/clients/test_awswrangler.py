"""awswrangler (AWS SDK for pandas): its EMR functions, and Parquet with the Glue Data Catalog."""

from collections.abc import Iterator
from typing import Any

import awswrangler as wr
import pandas as pd
import pytest

from tests.clients.local_server import LocalAws, eventually

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # what awswrangler asks of pandas
COUNT = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.parquet(sys.argv[1]).count()
print("rows", rows, "of", sys.argv[2], "partitions", spark.conf.get("spark.sql.shuffle.partitions"))
"""
RATINGS = pd.DataFrame({"user": [1, 2, 3], "rating": [4.5, 3.0, 5.0], "year": ["2019", "2019", "2020"]})


@pytest.fixture(autouse=True)
def _endpoints(aws: LocalAws) -> Iterator[None]:
    services = {f"{service}_endpoint_url": aws.endpoint_url for service in ("sts", "glue", "emr")}
    for name, url in {**services, "s3_endpoint_url": aws.s3_endpoint_url}.items():
        setattr(wr.config, name, url)
    yield
    wr.config.reset()


def create_cluster(**options: Any) -> str:
    """Start a cluster without EMR's debugging, which a test of its own has."""
    known = {"subnet_id": "subnet-0a", "logging_s3_path": "s3://lake/logs/", "emr_release": "emr-7.13.0"}
    return str(wr.emr.create_cluster(**{**known, "debugging": False, **options}))


def until_step(cluster_id: str, step_id: str, *states: str) -> str:
    eventually(lambda: wr.emr.get_step_state(cluster_id, step_id) in states)
    return str(wr.emr.get_step_state(cluster_id, step_id))


def test_a_cluster_has_what_it_was_asked_for(aws: LocalAws) -> None:
    cluster_id = create_cluster(
        cluster_name="many options",
        applications=["Spark", "Hive"],
        instance_num_on_demand_core=1,
        instance_num_spot_core=1,
        instance_num_spot_task=2,
        spark_defaults={"spark.sql.shuffle.partitions": "3"},
        maximize_resource_allocation=True,
        docker=True,
        step_concurrency_level=2,
        auto_termination_policy={"IdleTimeout": 900},
        key_pair_name="mine",
        security_group_master="sg-1",
        security_group_slave="sg-2",
        tags={"team": "ml"},
        termination_protected=False,
    )
    emr = aws.client("emr")
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    fleets = {
        each["InstanceFleetType"]: each for each in emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
    }
    wr.emr.terminate_cluster(cluster_id)
    assert (cluster["Name"], cluster["StepConcurrencyLevel"]) == ("many options", 2)
    assert [each["Name"] for each in cluster["Applications"]] == ["Spark", "Hive"]
    assert cluster["Tags"] == [{"Key": "team", "Value": "ml"}]
    attributes = cluster["Ec2InstanceAttributes"]
    assert (attributes["Ec2SubnetId"], attributes["Ec2KeyName"]) == ("subnet-0a", "mine")
    assert (attributes["EmrManagedMasterSecurityGroup"], attributes["EmrManagedSlaveSecurityGroup"]) == ("sg-1", "sg-2")
    asked = {role: (each["TargetOnDemandCapacity"], each["TargetSpotCapacity"]) for role, each in fleets.items()}
    assert asked == {"MASTER": (1, 0), "CORE": (1, 1), "TASK": (0, 2)}
    classifications = {each["Classification"]: each["Properties"] for each in cluster["Configurations"]}
    assert classifications["spark-defaults"] == {"spark.sql.shuffle.partitions": "3"}
    assert classifications["spark"] == {"maximizeResourceAllocation": "true"}
    assert "container-executor" in classifications
    policy = emr.get_auto_termination_policy(ClusterId=cluster_id)["AutoTerminationPolicy"]
    assert policy == {"IdleTimeout": 900}


def test_steps_run_and_the_cluster_ends(aws: LocalAws) -> None:
    wr.s3.to_parquet(RATINGS, "s3://lake/wr/plain.parquet")
    script = aws.write("s3://lake/code/wr_count.py", COUNT)
    cluster_id = create_cluster(spark_defaults={"spark.sql.shuffle.partitions": "3"}, spark_pyarrow=True)
    spark = wr.emr.submit_spark_step(cluster_id, script, args=["s3://lake/wr/plain.parquet", "three"], name="count")
    good, bad = wr.emr.submit_steps(
        cluster_id, [wr.emr.build_step("echo hello", name="echo"), wr.emr.build_step("false", name="false")]
    )
    assert [until_step(cluster_id, step, "COMPLETED", "FAILED") for step in (spark, good, bad)] == [
        "COMPLETED",
        "COMPLETED",
        "FAILED",
    ]
    assert aws.log(f"s3://lake/logs/{cluster_id}/steps/{spark}/stdout.gz") == "rows 3 of three partitions 3\n"
    assert aws.log(f"s3://lake/logs/{cluster_id}/steps/{good}/stdout.gz") == "hello\n"
    eventually(lambda: wr.emr.get_cluster_state(cluster_id) == "WAITING")
    wr.emr.terminate_cluster(cluster_id)
    eventually(lambda: wr.emr.get_cluster_state(cluster_id) == "TERMINATED")


def test_a_script_of_s3_is_a_step(aws: LocalAws) -> None:
    script = aws.write("s3://lake/code/args.sh", '#!/bin/bash\necho "$# $1"\n')
    cluster_id = create_cluster()
    step = wr.emr.submit_step(cluster_id, f"{script} one two", name="script", script=True)
    assert until_step(cluster_id, step, "COMPLETED", "FAILED") == "COMPLETED"
    assert aws.log(f"s3://lake/logs/{cluster_id}/steps/{step}/stdout.gz") == "2 one\n"
    wr.emr.terminate_cluster(cluster_id)


def test_a_refresh_of_registry_credentials_is_queued(aws: LocalAws) -> None:
    """Its script calls ``sudo``: meant for a cluster's machines, and not to be run on the one that tests."""
    cluster_id = create_cluster()
    wr.emr.submit_step(cluster_id, "sleep 300")
    step = wr.emr.submit_ecr_credentials_refresh(cluster_id, "s3://lake/code/")
    assert wr.emr.get_step_state(cluster_id, step) == "PENDING"
    script = "s3://lake/code/ecr_credentials_refresh.py"
    config = aws.client("emr").describe_step(ClusterId=cluster_id, StepId=step)["Step"]["Config"]
    assert config["Args"] == ["spark-submit", "--deploy-mode", "cluster", script]
    assert b"ecr get-login --region us-east-1" in aws.read(script)
    wr.emr.terminate_cluster(cluster_id)
    assert wr.emr.get_step_state(cluster_id, step) == "CANCELLED"


def test_a_cluster_with_debugging_sets_it_up_and_stays() -> None:
    cluster_id = create_cluster(debugging=True)
    eventually(lambda: wr.emr.get_cluster_state(cluster_id) not in {"STARTING", "BOOTSTRAPPING", "RUNNING"})
    state = wr.emr.get_cluster_state(cluster_id)
    wr.emr.terminate_cluster(cluster_id)
    assert state == "WAITING"


def test_a_partitioned_dataset_is_a_table_of_the_data_catalog(aws: LocalAws) -> None:
    wr.catalog.create_database("wrangled")
    where: dict[str, Any] = {
        "path": "s3://lake/wr/ratings/",
        "dataset": True,
        "database": "wrangled",
        "table": "ratings",
    }
    wr.s3.to_parquet(RATINGS, **where, partition_cols=["year"], glue_table_settings={"description": "ratings"})
    assert wr.catalog.get_table_types("wrangled", "ratings") == {"user": "bigint", "rating": "double", "year": "string"}
    assert wr.catalog.get_table_location("wrangled", "ratings") == "s3://lake/wr/ratings/"
    assert wr.catalog.get_table_description("wrangled", "ratings") == "ratings"
    assert wr.catalog.get_parquet_partitions("wrangled", "ratings") == {
        "s3://lake/wr/ratings/year=2019/": ["2019"],
        "s3://lake/wr/ratings/year=2020/": ["2020"],
    }
    read = wr.s3.read_parquet_table(
        database="wrangled", table="ratings", partition_filter=lambda p: p["year"] == "2019"
    )
    assert read.sort_values("user")[["user", "rating"]].to_numpy().tolist() == [[1.0, 4.5], [2.0, 3.0]]
    more = RATINGS.assign(year="2021", title="new")
    wr.s3.to_parquet(more, **where, partition_cols=["year"], mode="append", schema_evolution=True)
    assert wr.catalog.get_table_types("wrangled", "ratings")["title"] == "string"
    assert len(wr.catalog.get_parquet_partitions("wrangled", "ratings")) == 3
    columns = wr.catalog.table("wrangled", "ratings")["Column Name"].tolist()
    assert columns == ["user", "rating", "title", "year"]
    assert [each["Name"] for each in wr.catalog.get_tables(database="wrangled")] == ["ratings"]
    assert wr.catalog.delete_table_if_exists("wrangled", "ratings")
    wr.catalog.delete_database("wrangled")
    assert "wrangled" not in [each["Name"] for each in wr.catalog.get_databases()]


def test_files_are_listed_read_and_deleted() -> None:
    wr.s3.to_parquet(RATINGS, "s3://lake/wr/files/a.parquet")
    wr.s3.to_csv(RATINGS, "s3://lake/wr/files/b.csv", index=False)
    assert wr.s3.list_objects("s3://lake/wr/files/") == ["s3://lake/wr/files/a.parquet", "s3://lake/wr/files/b.csv"]
    assert wr.s3.read_parquet("s3://lake/wr/files/a.parquet").to_dict("list") == RATINGS.to_dict("list")
    assert wr.s3.read_csv("s3://lake/wr/files/b.csv")["rating"].tolist() == [4.5, 3.0, 5.0]
    wr.s3.delete_objects("s3://lake/wr/files/")
    assert wr.s3.list_objects("s3://lake/wr/files/") == []
