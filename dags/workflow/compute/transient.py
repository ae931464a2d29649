"""A cluster that lives as long as one run needs it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from penstock.progress import progress_uri
from workflow.cluster import job_flow
from workflow.compute import costing
from workflow.lint import refuse_flawed
from workflow.operators.cluster import EmrClusterOperator
from workflow.operators.step import SparkStepOperator
from workflow.operators.termination import EmrTerminationOperator
from workflow.sizing import executor_nodes
from workflow.steps import spark_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import XComArg

    from penstock.jobs import ReportingArgs
    from workflow.flow import Flow

CREATE = "create_cluster"
CLUSTER_ID = f"{{{{ ti.xcom_pull(task_ids='{CREATE}') }}}}"
TERMINATION_MINUTES = 15
TERMINATION_RETRIES = 5


def request(flow: Flow[Any]) -> dict[str, Any]:
    """RunJobFlow's request, checked when the DAG is parsed; raises SpecError."""
    cluster = job_flow(flow.spec.cluster_of_run, deployment=flow.deployment)
    refuse_flawed(cluster, waived=flow.spec.cluster_of_run.waive, where=f"specs/{flow.dag_id}.yaml: cluster")
    return cluster


def plan_cluster(flow: Flow[Any]) -> XComArg:
    """Say what the cluster may cost, and refuse it over the budget or in a public subnet, before it is asked for.

    It is a setup too: the teardown runs if *any* of its setups succeeded, so it runs when create_cluster failed after
    RunJobFlow (pitfall: a teardown is skipped when its only setup has failed).
    """
    spec = flow.spec
    return costing.plan_cluster(
        request=request(flow),
        hours=spec.longest_minutes / 60,
        limits={
            "budget_usd": spec.cluster_of_run.budget_usd,
            "public_subnets": "public_subnet" in spec.cluster_of_run.waive,
        },
        document_uri=flow.run.cost_estimate,
        aws=flow.aws,
    )


def create_cluster(flow: Flow[Any]) -> EmrClusterOperator:
    """The cluster of this run, found or made, until it takes steps."""
    minutes = flow.spec.timeouts.cluster
    return EmrClusterOperator(
        task_id=CREATE,
        deployment=flow.deployment.name,
        emr_conn_id=None,
        job_flow_overrides=request(flow),
        lifetime=timedelta(minutes=flow.spec.longest_minutes) * (flow.spec.retries + 1),
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=minutes),
        **flow.operator,
    )


def run_step(
    flow: Flow[Any], task_id: str, args: ReportingArgs, *, label: str, minutes: int, cluster_id: str
) -> SparkStepOperator:
    """Run one Spark job as a step of the cluster and wait for it."""
    return SparkStepOperator(
        task_id=task_id,
        deployment=flow.deployment.name,
        job_flow_id=cluster_id,
        step=spark_step(args, code=flow.code, conf=flow.spark_conf, label=label),
        log_uri=flow.deployment.layout.logs if flow.spec.cluster else "",
        report_uri=args.report_uri,
        progress_uri=progress_uri(args.report_uri),
        input_uris=args.input_uris(),
        in_python=args.in_python,
        nodes=executor_nodes(flow.spec.cluster),
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=minutes),
        **flow.operator,
    )


def terminate_cluster(flow: Flow[Any], *, setups: Sequence[Any]) -> EmrTerminationOperator:
    """End every cluster of the run whatever became of the work on it.

    `on_failure_fail_dagrun` stays off: it would make this task a leaf in place of the work, and a run whose work failed
    would count as a success as soon as its cluster ended. `measure_cost` after it fails the run if a cluster is left.
    """
    terminate = EmrTerminationOperator(
        task_id="terminate_cluster",
        deployment=flow.deployment.name,
        job_flow_id=CLUSTER_ID,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=TERMINATION_MINUTES),
        retries=TERMINATION_RETRIES,
        **flow.operator,
    )
    terminate.as_teardown(setups=list(setups))
    return terminate


def measure_cost(flow: Flow[Any], planned: Any) -> XComArg:
    """What the run has cost, once its clusters have ended; a cluster that has not fails the run.

    A teardown, so that it runs for a failed run as well, and one that decides, because the work does not lead here.
    """
    measured = costing.measure_cost(
        deployment=flow.deployment.name,
        document_uri=flow.run.cost,
        glue_jobs=flow.glue_jobs,
        aws=flow.aws,
    )
    measured.as_teardown(setups=planned, on_failure_fail_dagrun=True)
    return measured
