"""The live clusters of a deployment, each described by itself: one refused call hides one cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from workflow.ownership import DEPLOYMENT, LIVE, OwnedCluster, prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FAILURES = (ClientError, BotoCoreError, OSError)
"""What one call may do to one cluster."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cluster with the deployment's tag."""

    cluster: OwnedCluster
    protected: bool


def find(emr: Any, deployment: str) -> tuple[list[Found], list[str]]:
    """The deployment's clusters, and a sentence for each that could not be described and so is left alone."""
    found, problems = [], []
    for summary in _named(emr, deployment):
        try:
            described = _describe(emr, summary["Id"])
        except FAILURES as error:
            problems.append(f"{summary['Id']} ({summary['Name']}) is left alone, its tags cannot be read: {error}")
            continue
        if described.cluster.state in LIVE and described.cluster.tags.get(DEPLOYMENT) == deployment:
            found.append(described)
    return found, problems


def state_of(emr: Any, cluster_id: str) -> str:
    """The cluster's state now."""
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def _named(emr: Any, deployment: str) -> Iterator[Mapping[str, Any]]:
    """Only names can be listed; the tags decide."""
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=list(LIVE))
    return (each for page in pages for each in page["Clusters"] if each["Name"].startswith(prefix(deployment)))


def _describe(emr: Any, cluster_id: str) -> Found:
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    owned = OwnedCluster(
        id=cluster["Id"],
        name=cluster["Name"],
        state=cluster["Status"]["State"],
        created=cluster["Status"]["Timeline"]["CreationDateTime"],
        tags={each["Key"]: each["Value"] for each in cluster.get("Tags", [])},
    )
    return Found(cluster=owned, protected=bool(cluster.get("TerminationProtected")))
