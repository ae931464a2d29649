"""The end of a run's clusters on an EMR that has them, whatever AWS refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException

from penstock_waits.tables import ENDED
from tests.dags.workflow.operators.runner import BASICS, Attempt, Make, until
from workflow.operators.termination import EmrTerminationOperator
from workflow.ownership import Owner, as_list

Create = Callable[..., str]
State = Callable[[str], str]


@pytest.fixture
def task(operator: dict[str, Any]) -> Callable[..., Make]:
    def of(**changes: Any) -> Make:
        values = {**operator, "task_id": "terminate_cluster", **changes}
        return lambda: EmrTerminationOperator(**values)

    return of


@pytest.fixture
def create(clients: Any, ends: list[str]) -> Create:
    """Makes a cluster of an attempt's run."""

    def of(attempt: Attempt, *, protected: bool = False, step: str = "") -> str:
        owner = Owner(deployment="test", dag="movie_recommender", run=attempt.run_id)
        jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", step]}
        request = {
            **BASICS,
            "Name": owner.cluster_name,
            "Tags": as_list(owner.tags),
            "Instances": {**BASICS["Instances"], "TerminationProtected": protected},
            "Steps": [{"Name": "step", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}] if step else [],
        }
        ends.append(clients("emr").run_job_flow(**request)["JobFlowId"])
        return ends[-1]

    return of


@pytest.fixture
def state(clients: Any) -> State:
    return lambda each: str(clients("emr").describe_cluster(ClusterId=each)["Cluster"]["Status"]["State"])


@pytest.mark.parametrize("deferrable", [False, True])
def test_both_clusters_of_a_run_are_ended_protected_or_not(
    task: Any, create: Create, state: State, deferrable: bool
) -> None:
    attempt, another = Attempt(task(deferrable=deferrable)), Attempt(task())
    mine, theirs = [create(attempt), create(attempt, protected=True)], create(another)
    assert attempt.run() == mine
    assert [state(each) for each in mine] == ["TERMINATED", "TERMINATED"]
    until(lambda: state(theirs), "WAITING")


def test_without_a_cluster_there_is_nothing_to_do(task: Any) -> None:
    assert Attempt(task()).run() == []


def test_a_cluster_that_is_ending_already_is_waited_for(task: Any) -> None:
    """An earlier attempt may have been lost after its request; here a cluster ends too quickly to be seen ending."""
    operator, asked = task()(), []
    operator.client("emr").meta.events.register(
        "provide-client-params.emr.ListClusters", lambda params, **_: asked.append(set(params["ClusterStates"]))
    )
    Attempt(lambda: operator).run()
    model = operator.client("emr").meta.service_model
    assert asked == [set(model.shape_for("ClusterState").enum) - set(ENDED)]


@pytest.mark.parametrize("kind", ["deny", "throttle"])
def test_a_cluster_that_cannot_be_described_is_ended_and_listed_as_such(
    task: Any, create: Create, state: State, fault: Any, kind: str
) -> None:
    attempt = Attempt(task(execution_timeout=timedelta(seconds=3)))
    created = create(attempt)
    until(lambda: state(created), "WAITING")
    fault(kind, service="emr", operation="DescribeCluster", times=0)
    assert attempt.run() == [created]


def test_a_cluster_that_is_not_listed_is_ended_by_the_id_that_its_task_gave(
    task: Any, create: Create, state: State, fault: Any
) -> None:
    created = create(Attempt(task()))
    fault("deny", service="emr", operation="ListClusters", times=0)
    assert Attempt(task(job_flow_id=created)).run() == [created]
    assert state(created) == "TERMINATED"


def test_without_list_and_id_the_task_fails(task: Any, fault: Any) -> None:
    fault("deny", service="emr", operation="ListClusters", times=0)
    with pytest.raises(Exception, match=r"AccessDeniedException.*ListClusters"):
        Attempt(task(job_flow_id="None")).run()


def test_a_refused_termination_says_that_it_may_cost_money(task: Any, create: Create, state: State, fault: Any) -> None:
    attempt = Attempt(task())
    first, second = create(attempt), create(attempt)
    fault("deny", service="emr", operation="TerminateJobFlows", times=2)  # for both at once, and for the first
    with pytest.raises(AirflowException) as raised:
        attempt.run()
    assert str(raised.value).startswith(f"{first} may still cost money: AWS refused to terminate. An error occurred")
    until(lambda: state(second), "TERMINATED")
    assert state(first) == "WAITING"


def test_a_refused_change_of_protection_does_not_keep_an_unprotected_cluster_alive(
    task: Any, create: Create, fault: Any
) -> None:
    attempt = Attempt(task())
    created = create(attempt)
    fault("deny", service="emr", operation="SetTerminationProtection", times=0)
    assert attempt.run() == [created]


def test_a_cluster_that_is_not_over_in_time_fails_the_task(task: Any, create: Create, fault: Any, clients: Any) -> None:
    attempt = Attempt(task(execution_timeout=timedelta(seconds=2)))
    created = create(attempt)
    fault("throttle", service="emr", operation="Describe*", times=0)
    fault("throttle", service="emr", operation="ListClusters", times=0)
    with pytest.raises(AirflowException, match=rf"Cluster {created} was told to terminate and is UNKNOWN"):
        Attempt(task(job_flow_id=created, execution_timeout=timedelta(seconds=2)), attempt.run_id).run()
