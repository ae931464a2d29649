"""A DAG of housekeeping's tasks and one that asks Airflow about runs; as a program, it runs in a database of its own.

The program takes the ids of runs and their states as JSON, and prints what the tasks returned and how they ended.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import task

import penstock
from penstock.deployment import Deployment
from penstock.layout import run_key
from workflow.housekeeping.house import House
from workflow.housekeeping.runs import may_be_live, status_of
from workflow.housekeeping.spec import Housekeeping
from workflow.housekeeping.tasks import reap_clusters, remove_expired
from workflow.spec_file import load_spec

SPEC = Path(penstock.__file__).parents[1] / "dags/specs/housekeeping.yaml"
WORKFLOW = "movie_recommender"
ASKED = ["failed__1", "manual__2026-11-21T00:19:35+00:00", "mine:a", "no such run"]
ENDED = datetime(2026, 1, 1, tzinfo=UTC)
house = House(dag_id=Path(__file__).stem, spec=load_spec(SPEC, Housekeeping), deployment=Deployment.load())

with house.dag("Asks Airflow about runs.") as dag:
    reap_clusters(house)
    remove_expired(house)

    @task(multiple_outputs=False)
    def ask() -> dict[str, Any]:
        """State, end and liveness of each run, and liveness in a DAG that has none that goes on."""
        return {
            each: [
                status_of(WORKFLOW, each).state,
                str(status_of(WORKFLOW, each).ended),
                may_be_live(WORKFLOW, run_key(each)),
                may_be_live("other", run_key(each)),
            ]
            for each in ASKED
        }

    ask()


def main(states: dict[str, str]) -> None:
    """Make the runs, then run the DAG with a form that a person filled in."""
    from airflow.models.dagrun import DagRun  # noqa: PLC0415 - needs the database, which parsing has not
    from airflow.utils.session import create_session  # noqa: PLC0415
    from airflow.utils.types import DagRunType  # noqa: PLC0415

    with create_session() as session:
        for day, (run_id, state) in enumerate(states.items()):
            moment = ENDED - timedelta(days=day)
            run = DagRun(WORKFLOW, run_id, logical_date=moment, run_after=moment, run_type=DagRunType.MANUAL)
            run._state = state
            run.end_date = ENDED if state in {"failed", "success"} else None
            session.add(run)
    done = dag.test(run_conf={"grace_minutes": 0, "retention": "now"})
    results = {each.task_id: [each.state, each.xcom_pull(task_ids=each.task_id)] for each in done.get_task_instances()}
    Path(sys.argv[2]).write_text(json.dumps({"run": done.run_id, "state": done.state, "tasks": results}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
