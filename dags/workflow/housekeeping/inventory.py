"""The live clusters of a deployment, each described by itself: one refused call hides one cluster."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from workflow.ownership import DEPLOYMENT, LIVE, OwnedCluster, describe, named, prefix

FAILURES = (ClientError, BotoCoreError, OSError)
"""What one call may do to one cluster."""


def find(emr: Any, deployment: str) -> tuple[list[OwnedCluster], list[str]]:
    """The deployment's clusters, and a sentence for each that could not be described and so is left alone."""
    found, problems = [], []
    for summary in named(emr, prefix(deployment)):
        try:
            described = describe(emr, summary["Id"])
        except FAILURES as error:
            problems.append(f"{summary['Id']} ({summary['Name']}) is left alone, its tags cannot be read: {error}")
            continue
        if described.state in LIVE and described.tags.get(DEPLOYMENT) == deployment:
            found.append(described)
    return found, problems


def state_of(emr: Any, cluster_id: str) -> str:
    """The cluster's state now."""
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])
