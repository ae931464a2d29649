"""The tasks of a deployment behind a promotion, as a program that runs them in Airflow, once for each of two versions.

The first is sound, of the second the service recommends one list to everybody. The program takes the folder of its
answer; services, registry and S3 are those of the environment.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import DAG, TaskGroup, chain, cross_downstream, task

from penstock.layout import run_key, split_uri
from tests.dags.workflow.documents import registration
from workflow import registry
from workflow.models import Contender
from workflow.publishing.tasks import deploy
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import UNLESS_REFUSED

flow = RecommenderFlow.load(str(Path(__file__).parents[4] / "dags/movie_recommender.py"))
MODEL, K = flow.spec.scoring.model, 4

with DAG(
    dag_id="publishing",
    params={"top_k": K, "seen_items": "exclude", "version": 1},
    user_defined_macros={"run_key": run_key},
) as dag:

    @task
    def score_users(uri: str) -> None:
        """Thirty users with items of their own."""
        rows = [(user, rank, 100 * user + rank, 1 - rank / 8) for user in range(1, 31) for rank in range(1, K + 1)]
        names = ("user_id", "rank", "item_id", "score")
        file = io.BytesIO()
        pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}), file)
        bucket, key = split_uri(uri)
        S3Hook(**flow.aws).load_bytes(file.getvalue(), f"{key}/part-0.parquet", bucket, replace=True)

    @task
    def gate(version: str) -> str:
        """The name of the version's folder."""
        return f"v{version}"

    @task
    def promote_model(version: str) -> str:
        """A version in the registry, champion."""
        made = registration(MODEL, run=f"publishing/{version}", version=int(version))
        return registry.register(registry.client(flow.deployment.mlflow_tracking_uri), made)

    @task(trigger_rule=UNLESS_REFUSED)
    def publish() -> None:
        """What must not follow a refused version."""

    with TaskGroup(MODEL):
        named, promoted = gate("{{ params.version }}"), promote_model("{{ params.version }}")
        chain(named, promoted)
    deployed = deploy(flow, Contender(trains=None, judges=None, records=None, gate=named, promotes=promoted))
    chain([promoted, score_users(flow.run.scores(MODEL))], deployed.begins)
    cross_downstream([promoted, deployed.tried], [publish()])


def main() -> None:
    """Run both versions and tell how every task ended, and who is champion then."""
    answers: list[dict[str, Any]] = []
    for version in (1, 2):
        done = dag.test(run_conf={"version": version})
        states = {each.task_id: str(each.state) for each in done.get_task_instances()}
        champion = registry.champion_version(registry.client(flow.deployment.mlflow_tracking_uri), MODEL)
        answers.append({"state": str(done.state), "states": states, "champion": champion})
    Path(sys.argv[1]).write_text(json.dumps(answers))


if __name__ == "__main__":
    main()
