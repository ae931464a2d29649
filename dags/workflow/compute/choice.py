"""The spec's choice of compute, as tasks around the work; the work's own tasks are the same for every choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import chain

from workflow.compute import existing, serverless, transient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.jobs import ReportingArgs
    from workflow.flow import Flow
    from workflow.operators.serverless import SparkJobRunOperator
    from workflow.operators.step import SparkStepOperator


def run_job(
    flow: Flow[Any], task_id: str, args: ReportingArgs, *, label: str, minutes: int
) -> SparkStepOperator | SparkJobRunOperator:
    """Run one Spark job where the spec says, and wait for it."""
    if flow.spec.serverless:
        return serverless.run_job(flow, task_id, args, label=label, minutes=minutes)
    where = existing.CLUSTER_ID if flow.spec.existing_cluster else transient.CLUSTER_ID
    return transient.run_step(flow, task_id, args, label=label, minutes=minutes, cluster_id=where)


def on_compute(flow: Flow[Any], *, after: Sequence[Any], first: Sequence[Any], last: Sequence[Any]) -> list[Any]:
    """Bring up what the jobs run on between `after` and the `first` tasks, and end it when the `last` are over.

    Returns what comes after that: the task that measures the cost, where there is one.
    """
    if flow.spec.serverless:
        application = serverless.prepare_application(flow)
        measured = serverless.measure_cost(flow, application)
        chain(list(after), application, list(first))
        chain(list(last), measured)
        return [measured]
    if flow.spec.existing_cluster:
        chain(list(after), existing.find_cluster(flow), list(first))
        return []
    planned, created = transient.plan_cluster(flow), transient.create_cluster(flow)
    chain(list(after), planned, created, list(first))
    terminated, measured = (
        transient.terminate_cluster(flow, setups=[planned, created]),
        transient.measure_cost(flow, planned),
    )
    chain(list(last), terminated, measured)
    return [measured]
