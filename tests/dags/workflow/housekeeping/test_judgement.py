"""Every reason to end a cluster or to leave it alone."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow.housekeeping.judgement import Judgement, Policy, judge
from workflow.housekeeping.runs import RunStatus
from workflow.ownership import DAG, DEPLOYMENT, EXPIRES, RUN, OwnedCluster

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POLICY = Policy(grace=timedelta(minutes=5), max_age=timedelta(hours=24))
TAGS = {DEPLOYMENT: "test", DAG: "movie_recommender", RUN: "r1"}
RUNNING, GONE = RunStatus(state="running"), RunStatus(state=None)


def cluster(*, hours: float = 1, **tags: str) -> OwnedCluster:
    named = {"expires": EXPIRES, "dag": DAG}
    return OwnedCluster(
        id="j-1",
        name="test-movie_recommender-r1",
        state="WAITING",
        created=NOW - timedelta(hours=hours),
        tags={**TAGS, **{named[key]: value for key, value in tags.items()}},
    )


def ended(minutes: float, state: str = "failed") -> RunStatus:
    return RunStatus(state=state, ended=NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("run", "judgement"),
    [
        (RUNNING, Judgement(end=False, reason="its run is running")),
        (RunStatus(state="queued"), Judgement(end=False, reason="its run is queued")),
        (GONE, Judgement(end=True, reason="Airflow knows no such run")),
        (None, Judgement(end=False, reason="Airflow does not say what became of its run")),
        (ended(4), Judgement(end=False, reason="its run ended at 11:56:00 UTC and may still end it itself")),
        (ended(5), Judgement(end=True, reason="its run has ended (failed)")),
        (ended(6, "success"), Judgement(end=True, reason="its run has ended (success)")),
        (RunStatus(state="failed"), Judgement(end=True, reason="its run has ended (failed)")),
    ],
)
def test_the_run_decides(run: RunStatus | None, judgement: Judgement) -> None:
    assert judge(cluster(), run, POLICY, NOW) == judgement


def test_without_grace_a_run_that_has_just_ended_is_reaped() -> None:
    policy = Policy(grace=timedelta(0), max_age=timedelta(hours=24))
    assert judge(cluster(), ended(0), policy, NOW).end


@pytest.mark.parametrize("run", [RUNNING, None, GONE, ended(1)])
def test_an_expired_cluster_is_ended_whatever_its_run_does(run: RunStatus | None) -> None:
    expired = cluster(expires="2026-11-21T12:00:00+00:00")
    assert judge(expired, run, POLICY, NOW) == Judgement(end=True, reason="it expired at 2026-11-21 12:00 UTC")


@pytest.mark.parametrize("tags", [{}, {"expires": "soon"}])
def test_without_a_readable_expiry_the_maximum_age_counts(tags: dict[str, str]) -> None:
    reason = "it is older than 24 h and names no expiry"
    assert judge(cluster(hours=24, **tags), RUNNING, POLICY, NOW) == Judgement(end=True, reason=reason)
    assert not judge(cluster(hours=23.9, **tags), RUNNING, POLICY, NOW).end


def test_a_run_that_still_runs_keeps_an_old_cluster_until_it_expires() -> None:
    assert not judge(cluster(hours=100, expires="2026-11-21T12:01:00+00:00"), RUNNING, POLICY, NOW).end


def test_a_cluster_whose_tags_name_no_run_is_never_touched() -> None:
    assert judge(cluster(hours=1000, dag=""), None, POLICY, NOW) == Judgement(end=False, reason="its tags name no run")
