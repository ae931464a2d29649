"""Whose cluster it is: written on every cluster as its name and tags, so that it is found without XCom.

The name carries the deployment, the DAG and the run, because ListClusters answers names but no tags; the tags decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from penstock.layout import run_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEPLOYMENT, DAG, RUN = "penstock:deployment", "penstock:dag", "penstock:run"
TASK, TRY, OWNER, EXPIRES = "penstock:task", "penstock:try", "penstock:owner", "penstock:expires"
LIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
"""The states of a cluster that costs money and may go on doing so."""
NOT_ENDED = (*LIVE, "TERMINATING")
MAX_NAME = 256


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One run of one workflow in one deployment."""

    deployment: str
    dag: str
    run: str

    @property
    def tags(self) -> dict[str, str]:
        """The tags by which the clusters of the run are found."""
        return {DEPLOYMENT: self.deployment, DAG: self.dag, RUN: self.run}

    @property
    def cluster_name(self) -> str:
        """The name of the run's cluster: equal for every attempt, and no other run's."""
        return f"{prefix(self.deployment)}{self.dag}-{run_key(self.run)}"[:MAX_NAME]


@dataclass(frozen=True, kw_only=True)
class OwnedCluster:
    """A live cluster of the deployment, as its tags describe it; times are UTC."""

    id: str
    name: str
    state: str
    created: datetime
    tags: Mapping[str, str]
    protected: bool = False
    """Against termination."""

    @property
    def owner(self) -> Owner:
        """The run that it was made for."""
        return Owner(deployment=self.tags[DEPLOYMENT], dag=self.tags.get(DAG, ""), run=self.tags.get(RUN, ""))

    @property
    def expires(self) -> datetime | None:
        """When every task of its run must have ended; None if the tag is missing or unreadable."""
        try:
            moment = datetime.fromisoformat(self.tags.get(EXPIRES, ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def prefix(deployment: str) -> str:
    """How the names of all clusters of a deployment begin."""
    return f"{deployment}-"


def clusters_of_run(emr: Any, owner: Owner, states: Sequence[str] = LIVE) -> list[OwnedCluster]:
    """Clusters of one run in these states, oldest first: more than one if two attempts raced."""
    summaries = (each for each in named(emr, owner.cluster_name, states) if each["Name"] == owner.cluster_name)
    described = (describe(emr, each["Id"]) for each in summaries)
    found = [each for each in described if owner.tags.items() <= each.tags.items()]
    return sorted(found, key=lambda each: each.created)


def named_clusters(emr: Any, owner: Owner, states: Sequence[str] = LIVE) -> list[str]:
    """Ids of the clusters with the run's name: what is left to go by when DescribeCluster is refused."""
    return [each["Id"] for each in named(emr, owner.cluster_name, states) if each["Name"] == owner.cluster_name]


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EMR takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def named(emr: Any, start: str, states: Sequence[str] = LIVE) -> Iterator[dict[str, Any]]:
    """ListClusters' answers whose name begins like this: only names can be listed."""
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=list(states))
    return (each for page in pages for each in page["Clusters"] if each["Name"].startswith(start))


def describe(emr: Any, cluster_id: str) -> OwnedCluster:
    """A cluster as its tags describe it."""
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    return OwnedCluster(
        id=cluster["Id"],
        name=cluster["Name"],
        state=cluster["Status"]["State"],
        created=cluster["Status"]["Timeline"]["CreationDateTime"],
        tags={each["Key"]: each["Value"] for each in cluster.get("Tags", [])},
        protected=bool(cluster.get("TerminationProtected")),
    )
