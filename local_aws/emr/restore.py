"""Bring back the clusters of an earlier server: those that had ended as they were, the others ended with errors."""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from moto.core.utils import utcnow
from werkzeug.test import Client

from local_aws.emr import states
from local_aws.emr.cluster import RunningCluster
from local_aws.emr.journal import RESTORING, Journal, Past, read_past
from local_aws.emr.step import RunningStep

KEPT = timedelta(days=60)  # EMR forgets clusters two months after their end
LOST = {"Code": "INTERNAL_ERROR", "Message": "The local AWS was stopped while the cluster was up"}
log = logging.getLogger(__name__)


def restore_clusters(application: Any, folder: Path) -> None:
    """Bring back every cluster that has a file, by sending its request to the application again."""
    client = Client(application)
    for past in read_past(folder):
        if utcnow() - past.created > KEPT:
            (folder / f"{past.id}.jsonl").unlink()
            continue
        token = RESTORING.set(past)
        try:
            answer = client.post("/", data=json.dumps(past.request), headers=_headers(past))
        finally:
            RESTORING.reset(token)
        if answer.status_code != 200:  # noqa: PLR2004
            log.warning("cluster %s is not known any more: %s", past.id, answer.get_data(as_text=True))


def _headers(past: Past) -> dict[str, str]:
    return {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "ElasticMapReduce.RunJobFlow",
        "x-moto-account-id": past.account,
        "Authorization": (
            f"AWS4-HMAC-SHA256 Credential=RESTORE/20260101/{past.region}/elasticmapreduce/aws4_request, "
            "SignedHeaders=host, Signature=0"
        ),
    }


def restore(cluster: RunningCluster, past: Past, journal: Journal) -> None:
    """Give a cluster that was made anew its past, and an end if it had none."""
    cluster.launched = True
    cluster.creation_datetime = past.created
    cluster.steps = [_step(item) for item in past.steps.values()]
    for move in past.moves:
        _move(cluster, move)
    if past.tags is not None:
        cluster.set_tags(past.tags)
    cluster.journal = journal
    if cluster.state not in states.TERMINATED:
        _end(cluster)
    cluster.release_instances()


def _move(cluster: RunningCluster, move: dict[str, Any]) -> None:
    at = datetime.fromisoformat(move["at"])
    cluster.state, cluster.reason = move["state"], move["reason"]
    if cluster.state in {"RUNNING", "WAITING"} and cluster.ready_datetime is None:
        cluster.ready_datetime = at
    if cluster.state in states.TERMINATED:
        cluster.end_datetime = at


def _end(cluster: RunningCluster) -> None:
    for step in cluster.steps:
        if step.state in states.UNFINISHED_STEP:
            step.state, step.end_date_time = "CANCELLED", utcnow()
            step.cancel_reason = LOST["Message"]
            cluster.journal.step_moved(step)
    cluster.state, cluster.reason, cluster.end_datetime = "TERMINATED_WITH_ERRORS", LOST, utcnow()
    cluster.journal.moved(cluster.state, LOST)


def _step(item: dict[str, Any]) -> RunningStep:
    step = RunningStep(**{name: item[name] for name in ("name", "action_on_failure", "hadoop_jar_step")})
    step.id, step.creation_date_time = item["id"], datetime.fromisoformat(item["created"])
    for move in item["moves"]:
        at = datetime.fromisoformat(move["at"])
        step.state, step.failure, step.cancel_reason = move["state"], move["failure"], move["cancel_reason"]
        if step.state == "RUNNING":
            step.start_date_time = at
        elif not states.STEP[step.state]:
            step.end_date_time = at
    return step
