"""A cluster's task on an EMR that executes: one cluster that takes steps, or none and the reason."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.amazon.aws.links.emr import EmrClusterLink
from airflow.sdk.bases.operator import TriggerFailureReason
from airflow.sdk.exceptions import AirflowException, TaskDeferralError, TaskDeferred

from tests.dags.workflow.operators.runner import BASICS, BUCKET, Attempt, Make, until
from workflow.operators.cluster import EmrClusterOperator
from workflow.ownership import Owner, as_list

SLOW = f"s3://{BUCKET}/slow.sh"
PAUSE = f"s3://{BUCKET}/pause.sh"
BROKEN = f"s3://{BUCKET}/broken.sh"
REQUEST = {**{key: value for key, value in BASICS.items() if key != "StepConcurrencyLevel"}, "Name": "template"}


def bootstrapping(script: str) -> dict[str, Any]:
    return {**REQUEST, "BootstrapActions": [{"Name": "script", "ScriptBootstrapAction": {"Path": script}}]}


@pytest.fixture
def task(operator: dict[str, Any], clients: Any) -> Callable[..., Make]:
    """Makes operators that ask for a cluster."""
    for uri, command in {SLOW: "sleep 60", PAUSE: "sleep 3", BROKEN: "exit 7"}.items():
        clients("s3").put_object(Bucket=BUCKET, Key=uri.rpartition("/")[2], Body=f"#!/bin/bash\n{command}\n".encode())

    def of(request: dict[str, Any] = REQUEST, **changes: Any) -> Make:
        values = {
            **operator,
            "emr_conn_id": None,
            "task_id": "create_cluster",
            "owner": "data-science",
            "job_flow_overrides": {**request, "Tags": as_list({"cost-centre": "films"})},
            "lifetime": timedelta(hours=3),
            **changes,
        }
        return lambda: EmrClusterOperator(**values)

    return of


@pytest.fixture
def states(clients: Any, ends: list[str]) -> Callable[[Attempt], dict[str, str]]:
    """Every cluster of an attempt's run by its id; they end with the test."""

    def of(attempt: Attempt) -> dict[str, str]:
        name = Owner(deployment="test", dag="movie_recommender", run=attempt.run_id).cluster_name
        pages = clients("emr").get_paginator("list_clusters").paginate()
        found = {each["Id"]: each for page in pages for each in page["Clusters"] if each["Name"] == name}
        ends.extend(found.keys() - set(ends))
        return {each: cluster["Status"]["State"] for each, cluster in found.items()}

    return of


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_cluster_is_made_with_every_tag_and_is_ready(task: Any, clients: Any, states: Any, deferrable: bool) -> None:
    attempt = Attempt(task(deferrable=deferrable), try_number=2)
    created = attempt.run()
    assert states(attempt) == {created: "WAITING"}
    cluster = clients("emr").describe_cluster(ClusterId=created)["Cluster"]
    tags = {each["Key"]: each["Value"] for each in cluster["Tags"]}
    expires = datetime.fromisoformat(tags.pop("penstock:expires"))
    assert timedelta(hours=2, minutes=59) < expires - datetime.now(UTC) < timedelta(hours=3)
    assert tags == {
        "cost-centre": "films",
        "penstock:deployment": "test",
        "penstock:dag": "movie_recommender",
        "penstock:run": attempt.run_id,
        "penstock:task": "create_cluster",
        "penstock:try": "2",
        "penstock:owner": "data-science",
    }


def test_another_attempt_finds_the_cluster(task: Any, states: Any) -> None:
    attempt = Attempt(task())
    created = attempt.run()
    assert Attempt(attempt.make, attempt.run_id, try_number=2, cleared=1).run() == created
    assert states(attempt) == {created: "WAITING"}


def test_of_two_clusters_of_a_run_the_older_one_stays(task: Any, clients: Any, states: Any) -> None:
    attempt = Attempt(task())
    first = attempt.run()
    request = {**attempt.make().job_flow_overrides, **attempt.make()._identity(attempt.context(attempt.make()))}
    second = clients("emr").run_job_flow(**request)["JobFlowId"]
    assert Attempt(attempt.make, attempt.run_id, try_number=2).run() == first
    until(lambda: states(attempt), {first: "WAITING", second: "TERMINATED"})


def test_an_unanswered_request_is_repeated_and_makes_one_cluster(task: Any, states: Any, fault: Any) -> None:
    fault("error", service="emr", operation="RunJobFlow", times=2)
    attempt = Attempt(task())
    created = attempt.run()
    assert states(attempt) == {created: "WAITING"}


def test_a_cluster_whose_answer_was_lost_is_found(task: Any, states: Any, fault: Any) -> None:
    fault("delay", service="emr", operation="RunJobFlow", seconds=1.3)
    attempt = Attempt(task(botocore_config={"read_timeout": 1}))
    created = attempt.run()
    assert states(attempt) == {created: "WAITING"}


def test_a_cluster_that_shows_late_is_ended_when_the_other_is_ready(task: Any, states: Any, fault: Any) -> None:
    """ListClusters lags behind RunJobFlow: here the first request is carried out after the second."""
    fault("delay", service="emr", operation="RunJobFlow", seconds=3)
    attempt = Attempt(task(bootstrapping(PAUSE), botocore_config={"read_timeout": 1}))
    created = attempt.run()
    until(lambda: sorted(states(attempt).values()), ["TERMINATED", "WAITING"])
    assert states(attempt)[created] == "WAITING"


def test_a_refused_request_is_told_as_it_is_and_makes_nothing(task: Any, states: Any, fault: Any) -> None:
    fault("deny", service="emr", operation="RunJobFlow", times=0)
    attempt = Attempt(task())
    with pytest.raises(AirflowException, match=r"RunJobFlow failed: .*not authorized.*elasticmapreduce:RunJobFlow"):
        attempt.run()
    assert states(attempt) == {}


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_failed_bootstrap_says_so(task: Any, states: Any, deferrable: bool) -> None:
    attempt = Attempt(task(bootstrapping(BROKEN), deferrable=deferrable))
    with pytest.raises(AirflowException) as raised:
        attempt.run()
    until(lambda: list(states(attempt).values()), ["TERMINATED_WITH_ERRORS"])
    (created,) = states(attempt)
    assert str(raised.value).startswith(f"Cluster {created} did not get ready: it is TERMINAT")
    assert "BOOTSTRAP_FAILURE" in str(raised.value)


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_cluster_that_somebody_ends_is_no_success(task: Any, clients: Any, states: Any, deferrable: bool) -> None:
    attempt = Attempt(task(bootstrapping(SLOW), deferrable=deferrable))

    def end() -> None:
        until(lambda: len(states(attempt)), 1)
        clients("emr").terminate_job_flows(JobFlowIds=list(states(attempt)))

    somebody = threading.Thread(target=end)
    somebody.start()
    with pytest.raises(AirflowException, match=r"did not get ready: it is TERMINAT\w+\. USER_REQUEST"):
        attempt.run()
    somebody.join()
    until(lambda: list(states(attempt).values()), ["TERMINATED"])


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_cluster_that_is_not_ready_in_time_is_ended(task: Any, states: Any, deferrable: bool) -> None:
    attempt = Attempt(task(bootstrapping(SLOW), execution_timeout=timedelta(seconds=2), deferrable=deferrable))
    with pytest.raises(AirflowException, match=r"did not get ready within 0:00:02: it is BOOTSTRAPPING"):
        attempt.run()
    until(lambda: list(states(attempt).values()), ["TERMINATED"])


def test_a_cluster_that_may_not_be_watched_is_ended(task: Any, states: Any, fault: Any) -> None:
    fault("deny", service="emr", operation="DescribeCluster", times=0)
    attempt = Attempt(task())
    with pytest.raises(AirflowException, match=r"it is UNKNOWN. .*not authorized.*DescribeCluster"):
        attempt.run()
    until(lambda: list(states(attempt).values()), ["TERMINATED"])


def test_being_killed_before_there_is_a_cluster_does_nothing(task: Any) -> None:
    task()().on_kill()


def test_a_killed_task_ends_its_cluster(task: Any, states: Any) -> None:
    attempt, operator = Attempt(task(bootstrapping(SLOW), deferrable=True)), None
    with pytest.raises(TaskDeferred):
        attempt.start(operator := attempt.make())
    operator.on_kill()
    until(lambda: list(states(attempt).values()), ["TERMINATED"])


def test_a_link_that_cannot_be_stored_ends_nothing(task: Any, states: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise RuntimeError("the API server is away")

    monkeypatch.setattr(EmrClusterLink, "persist", refuse)
    attempt = Attempt(task())
    created = attempt.run()
    assert states(attempt) == {created: "WAITING"}


def test_a_dead_triggerer_leaves_no_cluster(task: Any, states: Any) -> None:
    """Airflow fails the task in a worker that knows nothing but the run."""
    attempt = Attempt(task(bootstrapping(SLOW), deferrable=True))
    with pytest.raises(TaskDeferred):
        attempt.start(attempt.make())
    operator = attempt.make()
    with pytest.raises(TaskDeferralError):
        operator.resume_execution(
            "__fail__", {"error": TriggerFailureReason.TRIGGER_FAILURE}, attempt.context(operator)
        )
    until(lambda: list(states(attempt).values()), ["TERMINATED"])
