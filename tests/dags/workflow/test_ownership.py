"""Whose cluster it is, on moto's EMR."""

from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from workflow.ownership import (
    EXPIRES,
    NOT_ENDED,
    OwnedCluster,
    Owner,
    as_list,
    clusters_of_run,
    named_clusters,
)

OWNER = Owner(deployment="prod", dag="movie_recommender", run="manual__2026-01-02T03:04:05+00:00")
INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True}


@pytest.fixture
def client(aws: dict[str, str]) -> Any:
    return AwsGenericHook(client_type="emr", **aws).conn


def create(client: Any, name: str, tags: dict[str, str]) -> str:
    answer = client.run_job_flow(
        Name=name, Instances=INSTANCES, Tags=as_list(tags), JobFlowRole="r", ServiceRole="s", ReleaseLabel="emr-7.13.0"
    )
    return str(answer["JobFlowId"])


def test_the_name_is_the_same_for_every_attempt_and_no_other_runs() -> None:
    assert OWNER.cluster_name == "prod-movie_recommender-manual__2026-01-02T03-04-05-00-00-422e8745"
    other = Owner(deployment="prod", dag="movie_recommender", run="manual__2026-01-02T03-04-05+00:00")
    assert other.cluster_name != OWNER.cluster_name
    assert len(Owner(deployment="d" * 60, dag="x" * 250, run="r").cluster_name) == 256


def test_the_clusters_of_a_run_are_those_with_its_name_and_its_tags(client: Any) -> None:
    mine = [create(client, OWNER.cluster_name, OWNER.tags) for _ in range(2)]
    create(client, OWNER.cluster_name, {**OWNER.tags, "penstock:run": "another"})
    create(client, OWNER.cluster_name, {})
    create(client, f"{OWNER.cluster_name}-more", OWNER.tags)
    found = clusters_of_run(client, OWNER)
    assert sorted(each.id for each in found) == sorted(mine)
    assert [each.created for each in found] == sorted(each.created for each in found)
    assert {each.owner for each in found} == {OWNER}
    assert len(named_clusters(client, OWNER)) == 4


def test_a_cluster_that_has_ended_is_nobodys(client: Any) -> None:
    client.terminate_job_flows(JobFlowIds=[create(client, OWNER.cluster_name, OWNER.tags)])
    assert clusters_of_run(client, OWNER) == []
    assert clusters_of_run(client, OWNER, NOT_ENDED) == []


def test_every_page_is_looked_at(client: Any) -> None:
    """EMR answers at most 50 clusters at once."""
    oldest = create(client, OWNER.cluster_name, OWNER.tags)
    for number in range(51):
        create(client, f"prod-other-{number}", {})
    assert [each.id for each in clusters_of_run(client, OWNER)] == [oldest]


@pytest.mark.parametrize(
    ("tag", "moment"),
    [
        ("2026-01-02T03:04:05+00:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("tomorrow", None),
        (None, None),
    ],
)
def test_the_moment_of_expiry(tag: str | None, moment: datetime | None) -> None:
    tags = {EXPIRES: tag} if tag else {}
    cluster = OwnedCluster(id="j-1", name="n", state="WAITING", created=datetime.now(UTC), tags=tags)
    assert cluster.expires == moment
