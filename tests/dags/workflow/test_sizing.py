"""Settings by the size of the input: on the step, beside what the spec says, and never in the way."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.deployment import Deployment
from penstock.jobs import TrainArgs
from penstock.spark_settings import QUICK_START, executors, nodes
from workflow.compute.spec import Cluster, NodeGroup
from workflow.sizing import executor_nodes, settings_for, with_settings
from workflow.steps import spark_step

FLAGS = "spark.driver.extraJavaOptions"
QUICK = {FLAGS: " ".join(QUICK_START), "spark.ui.enabled": "false"}
NODES = nodes("m7g.xlarge", 2)


def cluster(task: str | None) -> Cluster:
    return Cluster(
        release_label="emr-7.13.0",
        primary=NodeGroup(instance_type="m7g.xlarge", count=1),
        core=NodeGroup(instance_type="m7g.2xlarge", count=2),
        task=NodeGroup(instance_type=task, count=3) if task else None,
        idle_minutes=5,
        step_concurrency=1,
    )


def step(deployment: Deployment, conf: dict[str, str]) -> dict[str, Any]:
    args = TrainArgs(ratings_uri="s3://b/r", model_uri="s3://b/m", report_uri="s3://b/t", grid="{}")
    return spark_step(args, code=deployment.code, conf=conf, label="x")


def test_the_specs_own_setting_wins_and_the_others_come_first(deployment: Deployment) -> None:
    before = step(deployment, {FLAGS: "-Xss8m"})
    command, *rest = before["HadoopJarStep"]["Args"]
    after = with_settings(before, QUICK)
    assert after["HadoopJarStep"]["Args"] == [command, "--conf", "spark.ui.enabled=false", *rest]
    assert with_settings(before, {}) == before
    assert [command, *rest] == before["HadoopJarStep"]["Args"]


def test_executors_run_on_core_and_task_nodes_of_one_type() -> None:
    assert executor_nodes(None) is None
    assert executor_nodes(cluster(None)) == nodes("m7g.2xlarge", 2)
    assert executor_nodes(cluster("m7g.2xlarge")) == nodes("m7g.2xlarge", 5)
    assert executor_nodes(cluster("c7g.2xlarge")) is None


class Sizes:
    """An S3 whose objects have sizes and no bytes."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes

    def get_paginator(self, operation: str) -> "Sizes":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        assert request == {"Bucket": "bucket", "Prefix": "ratings"}
        return [{"Contents": [{"Key": key, "Size": size}]} for key, size in self.sizes.items()] or [{}]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({}, {}),
        ({"ratings2/a": 1}, {}),
        ({"ratings/a": 2**26 - 1, "ratings/b": 1, "ratings2/a": 1}, QUICK),
        ({"ratings": 5}, QUICK),
        ({"ratings/a": 2**26, "ratings/b": 1}, {**executors(NODES), "spark.driver.memory": "1024m"} if NODES else None),
    ],
)
def test_all_of_the_folder_counts_and_what_is_not_seen_is_not_small(
    sizes: dict[str, int], expected: dict[str, str]
) -> None:
    assert settings_for(Sizes(sizes), ["s3://bucket/ratings"], NODES) == expected
    assert settings_for(Sizes(sizes), ["s3://bucket/ratings/"], NODES) == expected


def test_a_job_without_inputs_keeps_sparks_defaults() -> None:
    assert settings_for(None, [], NODES) == {}


def test_a_folder_that_may_not_be_listed_fails_nothing(aws: dict[str, Any]) -> None:
    s3 = S3Hook(**aws).get_conn()
    assert settings_for(s3, ["s3://no-such-bucket/ratings"], NODES) == {}
