"""How the deployment's Spark environment reaches steps and job runs, as Airflow renders them."""

from dataclasses import replace
from typing import Any

import pytest

from penstock.deployment import Deployment
from workflow.cluster import job_flow
from workflow.compute.serverless import spark_submit
from workflow.compute.spec import Serverless
from workflow.environment import Environment
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import score_args
from workflow.steps import spark_step

SHA = "a" * 64
URI = f"s3://bucket/prefix/environments/{SHA}/environment.tar.gz"
CODE = "s3://bucket/prefix/code/c0ffee"
ENVIRONMENT = Environment(sha=SHA, uri=URI)
NODES = f"/opt/penstock/environments/{SHA}/bin/python"
BEFORE = ["spark-submit", "--deploy-mode", "client", "--py-files", f"{CODE}/jobs.zip"]


@pytest.fixture
def packed(flow: RecommenderFlow, deployment: Deployment) -> RecommenderFlow:
    return replace(flow, deployment=replace(deployment, environment_sha=SHA))


def _arguments(flow: RecommenderFlow, conf: dict[str, str]) -> list[str]:
    """Of the step before the job's own."""
    step = spark_step(score_args(flow), code=flow.code, conf=conf, label="x", environment=flow.environment)
    command: list[str] = step["HadoopJarStep"]["Args"]
    return command[: command.index(f"{CODE}/spark_jobs/score.py") + 1]


def _with_cluster(flow: RecommenderFlow, **change: Any) -> RecommenderFlow:
    cluster = flow.spec.cluster_of_run.model_copy(update=change)
    return replace(flow, spec=flow.spec.model_copy(update={"cluster": cluster}))


def test_without_an_environment_nothing_is_said_of_one(flow: RecommenderFlow) -> None:
    assert flow.environment == Environment()
    assert _arguments(flow, {"spark.a": "b"}) == [*BEFORE, "--conf", "spark.a=b", f"{CODE}/spark_jobs/score.py"]
    assert (
        job_flow(flow.spec.cluster_of_run, deployment=flow.deployment, environment=flow.environment)["BootstrapActions"]
        == []
    )
    assert Environment().serverless_conf({"spark.a": "b"}) == {"spark.a": "b"}


def test_a_step_brings_the_archive_for_executors_and_the_launcher_for_its_driver(packed: RecommenderFlow) -> None:
    assert _arguments(packed, {"spark.a": "b"}) == [
        *BEFORE,
        *("--archives", f"{URI}#environment"),
        *("--conf", "spark.pyspark.python=./environment/bin/python"),
        *("--conf", "spark.pyspark.driver.python=/usr/bin/python3"),
        *("--conf", "spark.a=b"),
        *(f"{CODE}/spark_jobs/launch.py", URI),
        f"{CODE}/spark_jobs/score.py",
    ]


def test_archives_of_the_job_travel_in_the_same_list(packed: RecommenderFlow) -> None:
    options = _arguments(packed, {"spark.archives": "s3://b/models.zip#packages"})
    assert options[options.index("--archives") + 1] == f"{URI}#environment,s3://b/models.zip#packages"
    assert not [each for each in options if each.startswith("spark.archives=")]
    conf = ENVIRONMENT.serverless_conf({"spark.archives": "s3://b/models.zip#packages"})
    assert conf["spark.archives"] == f"{URI}#environment,s3://b/models.zip#packages"


def test_a_spec_that_names_its_interpreter_keeps_it(packed: RecommenderFlow) -> None:
    own = {"spark.pyspark.python": "/opt/mine/bin/python"}
    assert _arguments(packed, own) == [
        *BEFORE,
        *("--conf", "spark.pyspark.python=/opt/mine/bin/python"),
        f"{CODE}/spark_jobs/score.py",
    ]
    assert ENVIRONMENT.of(own).serverless_conf(own) == own


def test_the_bootstrap_action_installs_it_on_nodes_and_no_archive_travels(packed: RecommenderFlow) -> None:
    flow = _with_cluster(packed, environment="bootstrap")
    assert _arguments(flow, {}) == [*BEFORE, "--conf", f"spark.pyspark.python={NODES}", f"{CODE}/spark_jobs/score.py"]
    request = job_flow(flow.spec.cluster_of_run, deployment=flow.deployment, environment=flow.environment)
    arguments = [URI, SHA, "/opt/penstock/environments"]
    assert request["BootstrapActions"] == [
        {
            "Name": "environment",
            "ScriptBootstrapAction": {"Path": f"{CODE}/bootstrap/environment.sh", "Args": arguments},
        }
    ]


def test_a_bootstrap_action_without_a_deployed_environment_is_none(flow: RecommenderFlow) -> None:
    wished = _with_cluster(flow, environment="bootstrap")
    assert wished.environment == Environment()
    assert wished.environment.bootstrap_action(flow.code) == []


def test_a_job_run_of_emr_serverless_names_it_for_driver_and_executors(packed: RecommenderFlow) -> None:
    where = Serverless(release_label="emr-7.13.0", max_vcpu=16, max_memory_gb=64)
    spec = packed.spec.model_copy(update={"cluster": None, "serverless": where, "spark_conf": {"spark.a": "b"}})
    submit = spark_submit(replace(packed, spec=spec), score_args(packed))
    assert submit["entryPoint"] == f"{CODE}/spark_jobs/score.py"
    assert submit["sparkSubmitParameters"].split() == [
        *("--py-files", f"{CODE}/jobs.zip"),
        *("--conf", "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON=./environment/bin/python"),
        *("--conf", "spark.emr-serverless.driverEnv.PYSPARK_PYTHON=./environment/bin/python"),
        *("--conf", "spark.executorEnv.PYSPARK_PYTHON=./environment/bin/python"),
        *("--conf", "spark.a=b"),
        *("--conf", f"spark.archives={URI}#environment"),
    ]
