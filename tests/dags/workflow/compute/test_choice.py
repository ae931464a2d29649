"""The same workflow on an existing cluster and on EMR Serverless: shape, arguments and what is found or made."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.sdk import DAG, chain
from botocore.validate import ParamValidator

from penstock.arguments import JobArgs
from penstock.errors import PenstockError
from penstock.jobs import EvaluateArgs, ScoreArgs, TrainArgs
from tests.dags.workflow.rendering import job_of, render
from workflow.compute import existing, serverless
from workflow.compute.choice import on_compute
from workflow.compute.spec import ExistingCluster, Serverless
from workflow.operators.cluster import EmrClusterOperator
from workflow.operators.serverless import SparkJobRunOperator
from workflow.operators.step import SparkStepOperator
from workflow.operators.termination import EmrTerminationOperator
from workflow.ownership import as_list
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import find_champions, score_users, train_and_judge

THEIRS = ExistingCluster(name="analytics", tags={"team": "data-science"})
APPLICATION = Serverless(release_label="emr-7.13.0", max_vcpu=16, max_memory_gb=64)
CHOICES = {"existing_cluster": THEIRS, "serverless": APPLICATION}
INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True}


def chosen(flow: RecommenderFlow, choice: str) -> RecommenderFlow:
    spec = flow.spec.model_copy(update={"cluster": None, choice: CHOICES[choice]})
    role = "arn:aws:iam::123456789012:role/jobs"
    return replace(flow, spec=spec, deployment=replace(flow.deployment, emr_serverless_role=role))


def composed(flow: RecommenderFlow) -> DAG:
    """The tasks of dags/movie_recommender.py around the compute."""
    with flow.dag("Test.") as dag:
        models = {model: train_and_judge(flow, model) for model in flow.spec.models}
        scored = score_users(flow)
        prepared = [find_champions(flow)]
        judged = [each.judges for each in models.values()]
        on_compute(flow, after=prepared, first=[each.trains for each in models.values()], last=[*judged, scored])
        chain(models[flow.spec.scoring.model].gate, scored)
    return dag


def around(dag: DAG) -> dict[str, set[str]]:
    """The edges of the tasks that are not the work's."""
    return {task.task_id: task.downstream_task_ids for task in dag.tasks if "." not in task.task_id}


def test_an_existing_cluster_is_found_and_never_ended(flow: RecommenderFlow) -> None:
    dag = composed(chosen(flow, "existing_cluster"))
    assert around(dag) == {
        "find_champions": {"find_cluster"},
        "find_cluster": {"movie_recommender.train_model", "movie_ratings.train_model"},
        "score_users": set(),
    }
    assert not [task for task in dag.tasks if isinstance(task, EmrClusterOperator | EmrTerminationOperator)]
    assert not [task.task_id for task in dag.tasks if task.is_teardown or task.is_setup]
    steps = [task for task in dag.tasks if isinstance(task, SparkStepOperator)]
    assert len(steps) == 5
    assert {(each.job_flow_id, each.log_uri) for each in steps} == {(existing.CLUSTER_ID, "")}


def test_on_emr_serverless_there_is_no_cluster(flow: RecommenderFlow) -> None:
    dag = composed(chosen(flow, "serverless"))
    assert around(dag) == {
        "find_champions": {"prepare_application"},
        "prepare_application": {"movie_recommender.train_model", "movie_ratings.train_model", "measure_cost"},
        "score_users": {"measure_cost"},
        "measure_cost": set(),
    }
    assert not [task for task in dag.tasks if isinstance(task, SparkStepOperator | EmrClusterOperator)]
    runs = [task for task in dag.tasks if isinstance(task, SparkJobRunOperator)]
    assert len(runs) == 5
    assert {each.application_id for each in runs} == {serverless.APPLICATION_ID}
    assert [task.task_id for task in dag.tasks if task.is_teardown] == ["measure_cost"]


def test_the_arguments_of_every_job_run_are_parsed_by_its_job(flow: RecommenderFlow) -> None:
    dag = composed(chosen(flow, "serverless"))
    jobs = {task.task_id: type(parsed(dag, task.task_id)) for task in dag.tasks if hasattr(task, "job_driver")}
    assert jobs == {
        "movie_recommender.train_model": TrainArgs,
        "movie_recommender.evaluate_model": EvaluateArgs,
        "movie_ratings.train_model": TrainArgs,
        "movie_ratings.evaluate_model": EvaluateArgs,
        "score_users": ScoreArgs,
    }


CHAMPIONS = {name: {"uri": "", "incomparable": "", "checks": ""} for name in ("movie_recommender", "movie_ratings")}
XCOM = {"prepare_application": "00f1", "find_champions": CHAMPIONS}


def parsed(dag: DAG, task_id: str) -> JobArgs:
    task = render(dag, task_id, XCOM)
    assert task.application_id == "00f1"
    found = job_of(task)
    assert found, f"{task_id} runs no job"
    assert found[0] == ["--py-files s3://bucket/prefix/code/c0ffee/jobs.zip"]
    return found[1]


def test_the_applications_request_is_valid(flow: RecommenderFlow) -> None:
    request = serverless.application(chosen(flow, "serverless"))
    model = botocore.session.get_session().get_service_model("emr-serverless").operation_model("CreateApplication")
    report = ParamValidator().validate({"clientToken": "t", **request}, model.input_shape)
    assert report.generate_report() == ""
    assert request["maximumCapacity"] == {"cpu": "16 vCPU", "memory": "64 GB"}


@pytest.fixture
def create(emr: dict[str, str]) -> Iterator[Callable[..., str]]:
    """Makes a cluster of somebody else."""
    client, made = AwsGenericHook(client_type="emr", **emr).conn, []

    def cluster(name: str, **tags: str) -> str:
        answer = client.run_job_flow(
            Name=name,
            ReleaseLabel="emr-7.13.0",
            Instances=INSTANCES,
            Tags=as_list(tags),
            JobFlowRole="EMR_EC2_DefaultRole",
            ServiceRole="EMR_DefaultRole",
        )
        made.append(answer["JobFlowId"])
        client.get_waiter("cluster_running").wait(ClusterId=made[-1], WaiterConfig={"Delay": 1})
        return made[-1]

    yield cluster
    client.terminate_job_flows(JobFlowIds=made)


find: Any = existing.find.function
prepare: Any = serverless.prepare.function


def test_a_cluster_is_found_by_name_by_tags_and_by_both(create: Any, emr: dict[str, str]) -> None:
    name = f"analytics-{time.time_ns()}"
    first, second = create(name, team=name), create(name, team="other")
    another = create("else", team=name, stage="test")
    assert find(name=None, tags={"team": name, "stage": "test"}, aws=emr) == another
    assert find(name=name, tags={"team": name}, aws=emr) == first
    assert find(name=name, tags={"team": "other"}, aws=emr) == second
    with pytest.raises(PenstockError) as raised:
        find(name=name, tags={}, aws=emr)
    assert str(raised.value) == (
        f"Expected one cluster named '{name}' in state RUNNING or WAITING, found {second} ({name}), {first} ({name}). "
        "Start it, or name it exactly in the spec's existing_cluster."
    )


def test_a_cluster_that_is_not_there_is_named(emr: dict[str, str]) -> None:
    with pytest.raises(PenstockError, match=r"named 'gone' and tagged team=films .*found none"):
        find(name="gone", tags={"team": "films"}, aws=emr)


def test_an_application_is_made_once_for_a_release(flow: RecommenderFlow, emr: dict[str, str]) -> None:
    request = {**serverless.application(chosen(flow, "serverless")), "name": f"films-{time.time_ns()}"}
    first = prepare(request=request, aws=emr)
    assert prepare(request=request, aws=emr) == first
    newer = prepare(request={**request, "releaseLabel": "emr-7.14.0"}, aws=emr)
    assert newer != first
    assert prepare(request={**request, "releaseLabel": "emr-7.14.0"}, aws=emr) == newer


def test_the_limits_of_an_application_are_brought_up_to_date(flow: RecommenderFlow, emr: dict[str, str]) -> None:
    request = {**serverless.application(chosen(flow, "serverless")), "name": f"films-{time.time_ns()}"}
    made = prepare(request=request, aws=emr)
    assert prepare(request={**request, "maximumCapacity": {"cpu": "32 vCPU", "memory": "128 GB"}}, aws=emr) == made
    client = AwsGenericHook(client_type="emr-serverless", **emr).conn
    found = client.get_application(applicationId=made)["application"]["maximumCapacity"]
    assert (found["cpu"], found["memory"]) == ("32 vCPU", "128 GB")
