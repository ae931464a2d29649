"""Penstock's operators in Penstock's own wiring: everything here but the step and the patience is the package's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from airflow.sdk import DAG, chain
from shape import DEPLOYMENTS, PARAMS, PATIENCE, RETRIES, RETRY_DELAY, Patience, step

from penstock.deployment import Deployment
from penstock.layout import run_key
from workflow.compute import transient
from workflow.housekeeping.house import House
from workflow.housekeeping.spec import Housekeeping
from workflow.housekeeping.tasks import reap_clusters
from workflow.operators.step import SparkStepOperator
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.spec import MovieRecommender
from workflow.spec_file import load_spec

SPECS = Path(__file__).parents[3] / "dags" / "specs"
BRIEF = {"idle_minutes": 15}
"""Minutes of the lane's local AWS, which has them of ten seconds."""


@dataclass(frozen=True, kw_only=True)
class Brief(RecommenderFlow):
    """A workflow of one step: no Glue job has to be paid for."""

    @property
    def glue_jobs(self) -> dict[str, str]:
        """None."""
        return {}


def deployment(lane: str) -> Deployment:
    """The lane's own."""
    path = Path(os.environ[DEPLOYMENTS]) / lane / "deployment.json"
    return Deployment.from_json(path.read_text(encoding="utf-8"), str(path))


def flow(lane: str, dag_id: str) -> Brief:
    """The shipped values, with a cluster that is given up sooner."""
    spec = load_spec(SPECS / "movie_recommender.yaml", MovieRecommender)
    changed = {
        "cluster": spec.cluster_of_run.model_copy(update=BRIEF),
        "timeouts": spec.timeouts.model_copy(update={"cluster": 1}),
    }
    return Brief(dag_id=dag_id, spec=spec.model_copy(update=changed), deployment=deployment(lane))


def work(flow: RecommenderFlow, lane: str, patience: Patience) -> SparkStepOperator:
    """The one step."""
    return SparkStepOperator(
        task_id="run_step",
        deployment=flow.deployment.name,
        job_flow_id=transient.CLUSTER_ID,
        step=step(lane),
        log_uri=flow.deployment.layout.logs,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=patience.step,
        retries=patience.step_retries,
        **flow.operator,
    )


def penstock(lane: str, patience: Patience, *, deferrable: bool) -> DAG:
    """Plan, create, one step, terminate, measure."""
    brief = flow(lane, lane + patience.suffix)
    with DAG(
        brief.dag_id,
        schedule=None,
        params=PARAMS,
        dagrun_timeout=patience.run,
        user_defined_macros={"run_key": run_key},
        default_args={"retries": RETRIES, "retry_delay": RETRY_DELAY, "deferrable": deferrable},
    ) as dag:
        planned, created = transient.plan_cluster(brief), transient.create_cluster(brief)
        terminated = transient.terminate_cluster(brief, setups=[planned, created])
        chain(planned, created, work(brief, lane, patience), terminated, transient.measure_cost(brief, planned))
    return dag


def housekeeping(lane: str) -> DAG:
    """The reaper of the lane's deployment, when it is asked for."""
    spec = load_spec(SPECS / "housekeeping.yaml", Housekeeping).model_copy(update={"schedule": None})
    house = House(dag_id=f"housekeeping_{lane}", spec=spec, deployment=deployment(lane))
    with house.dag("Ends clusters that outlived their run.") as dag:
        reap_clusters(house)
    return dag


for _patience in PATIENCE:
    penstock("penstock_sync", _patience, deferrable=False)
    penstock("penstock_deferrable", _patience, deferrable=True)
for _lane in ("penstock_sync", "penstock_deferrable"):
    housekeeping(_lane)
