"""A long-running cluster that somebody else keeps: steps are added to it, and it is never terminated from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.emr import EmrHook
from airflow.sdk import task

from penstock.errors import PenstockError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow.sdk import XComArg

    from workflow.flow import Flow

FIND = "find_cluster"
CLUSTER_ID = f"{{{{ ti.xcom_pull(task_ids='{FIND}') }}}}"
TAKES_STEPS = ["RUNNING", "WAITING"]


def find_cluster(flow: Flow[Any]) -> XComArg:
    """The task that finds the spec's cluster."""
    wanted = flow.spec.existing_cluster
    assert wanted, "the spec names an existing cluster"  # noqa: S101 - the caller has looked
    return find(name=wanted.name, tags=dict(wanted.tags), aws=flow.aws)


@task(task_id=FIND)
def find(name: str | None, tags: dict[str, str], aws: dict[str, Any]) -> str:
    """The id of the one cluster with this name and these tags that takes steps now."""
    emr = EmrHook(emr_conn_id=None, **aws).conn
    found = [each for each in _running(emr, name) if tags.items() <= _tags(emr, each["Id"], tags).items()]
    if len(found) != 1:
        looked_for = " and ".join([f"named {name!r}"] * bool(name) + [f"tagged {key}={tags[key]}" for key in tags])
        got = ", ".join(f"{each['Id']} ({each['Name']})" for each in found) or "none"
        raise PenstockError(
            f"Expected one cluster {looked_for} in state {' or '.join(TAKES_STEPS)}, found {got}. "
            "Start it, or name it exactly in the spec's existing_cluster."
        )
    return str(found[0]["Id"])


def _running(emr: Any, name: str | None) -> Iterator[Mapping[str, Any]]:
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=TAKES_STEPS)
    return (each for page in pages for each in page["Clusters"] if name in {None, each["Name"]})


def _tags(emr: Any, cluster_id: str, wanted: Mapping[str, str]) -> dict[str, str]:
    if not wanted:
        return {}
    found = emr.describe_cluster(ClusterId=cluster_id)["Cluster"].get("Tags", [])
    return {each["Key"]: each["Value"] for each in found}
