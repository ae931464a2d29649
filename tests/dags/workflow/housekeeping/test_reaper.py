"""The reaper on an EMR that runs clusters, with the faults that it can order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse

from penstock.housekeeping import HousekeepingReport
from workflow.housekeeping.judgement import Policy
from workflow.housekeeping.reaper import Reaper, cost_of
from workflow.housekeeping.runs import RunStatus
from workflow.housekeeping.tables import clusters_table
from workflow.housekeeping.termination import Patience
from workflow.ownership import DAG, DEPLOYMENT, EXPIRES, RUN

Reap = Callable[..., HousekeepingReport]
Make = Callable[..., str]
State = Callable[[str], str]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
RUNS = {
    "done": RunStatus(state="failed", ended=LONG_AGO),
    "running": RunStatus(state="running"),
    "gone": RunStatus(state=None),
}


def status(dag: str, run: str) -> RunStatus:
    assert dag == "movie_recommender"
    if run not in RUNS:
        raise AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail={"status_code": 500}))
    return RUNS[run]


@pytest.fixture
def reap(client: Any, deployment_name: str, emr: dict[str, Any]) -> Reap:
    def run(*, dry_run: bool = False, seconds: float = 20) -> HousekeepingReport:
        reaper = Reaper(
            policy=Policy(grace=timedelta(minutes=5), max_age=timedelta(hours=24)),
            patience=Patience(seconds=seconds, poll_seconds=0.1),
            status_of=status,
            cost_of=partial(cost_of, client, aws=emr),
            dry_run=dry_run,
        )
        return reaper.reap(client, deployment_name, datetime.now(UTC))

    return run


@pytest.fixture
def order(fault: Callable[..., None]) -> Callable[..., None]:
    """Orders a fault of one EMR operation; all are forgotten afterwards."""
    return lambda kind, operation, times=0: fault(kind, service="emr", operation=operation, times=times)


def actions(report: HousekeepingReport) -> dict[str, tuple[str, str]]:
    return {each.id: (each.action, each.reason) for each in report.clusters}


def test_each_cluster_gets_what_its_run_deserves(reap: Reap, make: Make, state: State) -> None:
    done, running, gone = make("done"), make("running"), make("gone", protected=True)
    report = reap()
    assert actions(report) == {
        done: ("terminated", "its run has ended (failed)"),
        running: ("kept", "its run is running"),
        gone: ("terminated", "Airflow knows no such run"),
    }
    assert report.problems == []
    assert [state(each) for each in (done, running, gone)] == ["TERMINATED", "WAITING", "TERMINATED"]
    assert actions(reap()) == {running: ("kept", "its run is running")}


def test_a_reaped_cluster_has_a_price(reap: Reap, make: Make) -> None:
    make("done")
    (cluster,) = reap().clusters
    assert cluster.cost_usd == pytest.approx(0.1632 * 60 / 3600, abs=0.001)  # a minute at least
    assert cluster.cost_without == ["EMR fee of m7g.xlarge"]


def test_a_dry_run_says_and_does_not(reap: Reap, make: Make, state: State) -> None:
    done = make("done", protected=True)
    report = reap(dry_run=True)
    assert actions(report) == {done: ("would terminate", "its run has ended (failed)")}
    assert state(done) == "WAITING"


def test_only_the_deployments_own_tag_counts(reap: Reap, make: Make, state: State, deployment_name: str) -> None:
    foreign = make("done", tags={})
    neighbour = make("done", tags={DEPLOYMENT: f"{deployment_name}-eu", DAG: "movie_recommender", RUN: "done"})
    nameless = make("done", tags={DEPLOYMENT: deployment_name, RUN: "done"})
    report = reap()
    assert actions(report) == {nameless: ("kept", "its tags name no run")}
    assert {state(each) for each in (foreign, neighbour, nameless)} == {"WAITING"}


def test_an_expired_cluster_of_a_running_run_is_ended(reap: Reap, make: Make, deployment_name: str) -> None:
    own = {DEPLOYMENT: deployment_name, DAG: "movie_recommender", RUN: "running"}
    expired = make("running", tags={**own, EXPIRES: "2026-01-01T00:00:00+00:00"})
    assert actions(reap()) == {expired: ("terminated", "it expired at 2026-01-01 00:00 UTC")}


def test_a_call_ends_ten(client: Any, reap: Reap, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """More are refused by AWS, and not by the local EMR."""
    made, sizes, original = {make("done") for _ in range(11)}, [], client.terminate_job_flows

    def count(**request: Any) -> Any:
        sizes.append(len(request["JobFlowIds"]))
        return original(**request)

    with monkeypatch.context() as patch:
        patch.setattr(client, "terminate_job_flows", count)
        assert {each.id for each in reap().clusters if each.action == "terminated"} == made
    assert sizes == [10, 1]


def test_an_airflow_that_does_not_answer_for_one_keeps_that_one(reap: Reap, make: Make, state: State) -> None:
    done, unknown = make("done"), make("unknown")
    report = reap()
    assert actions(report) == {
        done: ("terminated", "its run has ended (failed)"),
        unknown: ("kept", "Airflow does not say what became of its run"),
    }
    (problem,) = report.problems
    assert problem.startswith(f"{unknown}: Airflow does not say what became of movie_recommender/unknown: ")
    assert state(unknown) == "WAITING"


def test_a_cluster_that_may_not_be_described_is_left_alone(
    reap: Reap, make: Make, order: Callable[..., None], state: State
) -> None:
    made = {make("done"), make("done")}
    order("deny", "DescribeCluster", 1)
    report = reap()
    (ended,) = actions(report)
    (left,) = made - {ended}
    (problem,) = report.problems
    assert problem.startswith(f"{left} (")
    assert "is left alone, its tags cannot be read" in problem
    assert (state(ended), state(left)) == ("TERMINATED", "WAITING")


def test_a_refused_call_for_all_is_made_for_each(
    reap: Reap, make: Make, order: Callable[..., None], state: State
) -> None:
    first, second = make("done"), make("done")
    order("deny", "TerminateJobFlows", 2)
    report = reap()
    assert sorted(action for action, _ in actions(report).values()) == ["failed", "terminated"]
    (problem,) = report.problems
    assert "AWS refuses to terminate it: An error occurred (AccessDeniedException)" in problem
    assert sorted([state(first), state(second)]) == ["TERMINATED", "WAITING"]


def test_a_protection_that_may_not_be_lifted_is_a_sentence(
    reap: Reap, make: Make, order: Callable[..., None], state: State
) -> None:
    guarded, done = make("done", protected=True), make("done")
    order("deny", "SetTerminationProtection", 1)
    report = reap()
    assert {key: action for key, (action, _) in actions(report).items()} == {guarded: "failed", done: "terminated"}
    (problem,) = report.problems
    assert problem.startswith(f"{guarded}: AWS refuses to terminate it: ")
    assert (state(guarded), state(done)) == ("WAITING", "TERMINATED")


def test_a_cluster_that_does_not_end_in_time_is_a_sentence(
    client: Any, reap: Reap, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An EMR that takes the call and does nothing."""
    done = make("done")
    monkeypatch.setattr(client, "terminate_job_flows", lambda **_: {})
    report = reap(seconds=0.3)
    (problem,) = report.problems
    assert problem.startswith(f"{done}: it was told to terminate and is ")
    assert actions(report)[done][0] == "failed"


def test_the_table_says_it_in_a_line_each(reap: Reap, make: Make) -> None:
    done = make("done")
    head, line = clusters_table(reap()).splitlines()
    assert head.split() == ["cluster", "run", "state", "age", "action", "cost", "reason"]
    assert line.startswith(f"{done}  movie_recommender/done  ")
    assert line.endswith("  its run has ended (failed)")
    assert clusters_table(reap()) == "No live cluster carries the deployment's tag."
