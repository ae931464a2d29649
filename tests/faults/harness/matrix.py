"""The matrix: every fault, in the order of the table."""

from __future__ import annotations

from tests.faults.harness import strikes
from tests.faults.harness.calls import CALL_FAULTS
from tests.faults.harness.fault import Fault

LONG = {"step_seconds": 60}
AIRFLOW_FAULTS = (
    Fault(
        name="worker_killed_after_run_job_flow",
        story="kill -9 of the worker right after RunJobFlow",
        inject=strikes.worker_after_run_job_flow,
        reason=r"nothing is created|heartbeat",
    ),
    Fault(
        name="worker_killed_after_add_steps",
        story="kill -9 of the worker right after AddJobFlowSteps",
        inject=strikes.worker_after_add_steps,
        reason=r"not added again|heartbeat",
        conf={"step_seconds": 8},
    ),
    Fault(
        name="worker_killed_in_step",
        story="kill -9 of the worker that waits for a running step",
        inject=strikes.worker_in_step,
        reason=r"not added again|heartbeat",
        conf={"step_seconds": 8},
        only="sync",
    ),
    Fault(
        name="triggerer_killed",
        story="kill -9 of the triggerer while the step's task is deferred; started again 5 s later",
        inject=strikes.triggerer,
        reason=r"heartbeat|reassign",
        conf={"step_seconds": 10},
        only="deferrable",
        shared=True,
    ),
    Fault(
        name="scheduler_killed",
        story="kill -9 of the scheduler alone while the step runs; started again 5 s later",
        inject=strikes.scheduler,
        reason=r"not added again|nothing is created|[Rr]eset|[Oo]rphan|adopt",
        conf={"step_seconds": 15},
        shared=True,
    ),
    Fault(
        name="scheduler_lost_with_workers",
        story="kill -9 of the scheduler and all its workers while the step runs; started again 5 s later",
        inject=strikes.scheduler_with_workers,
        reason=r"not added again|nothing is created|heartbeat|[Rr]eset",
        conf={"step_seconds": 15},
        shared=True,
    ),
)
CLUSTER_FAULTS = (
    Fault(
        name="cluster_lost_starting",
        story="the first cluster fails to bootstrap",
        inject=strikes.bootstrap_failure,
        reason=r"BOOTSTRAP_FAILURE|provisioning failed",
    ),
    Fault(
        name="cluster_lost_running",
        story="a Spot interruption takes the primary node while the step runs",
        inject=strikes.spot_interruption,
        state="failed",
        reason=r"INSTANCE_FAILURE|Spot interruption",
        conf={"step_seconds": 20},
    ),
    Fault(
        name="step_hang",
        story="the step's processes freeze, once",
        inject=strikes.step_hang,
        reason=r"its time was up|[Tt]imeout|timed out",
        patience="_brief",
    ),
    Fault(
        name="step_crash",
        story="the step's processes are killed, once",
        inject=strikes.step_crash,
        reason=r"\bcode 137\b",
    ),
    Fault(
        name="termination_protection",
        story="someone switches termination protection on",
        inject=strikes.termination_protection,
        reason=r"[Pp]rotect",
    ),
)
RUN_FAULTS = (
    Fault(
        name="execution_timeout",
        story="the step takes longer than its task may",
        inject=strikes.slow_step,
        state="failed",
        reason=r"its time was up|[Tt]imeout|timed out",
        conf=LONG,
        patience="_brief",
    ),
    Fault(
        name="dagrun_timeout",
        story="the run takes longer than its dagrun_timeout",
        inject=strikes.slow_step,
        state="failed",
        reason=r"its run has ended",
        conf=LONG,
        patience="_limited",
    ),
    Fault(
        name="run_marked_failed",
        story="someone marks the run as failed while the step runs",
        inject=strikes.mark_failed,
        state="failed",
        reason=r"[Cc]ancel|set to (a )?terminal state|\bfailed\b",
        conf=LONG,
    ),
    Fault(
        name="run_marked_failed_while_creating",
        story="someone marks the run as failed while the cluster starts",
        inject=strikes.mark_failed_while_creating,
        state="failed",
        reason=r"[Tt]erminating|\bfailed\b",
    ),
    Fault(
        name="create_cleared",
        story="someone clears the create task while the step runs",
        inject=strikes.clear_create,
        reason=r"nothing is created",
        conf={"step_seconds": 15},
    ),
    Fault(
        name="step_cleared",
        story="someone clears the step's task while the step runs",
        inject=strikes.clear_step,
        reason=r"not added again|[Cc]ancel",
        conf={"step_seconds": 15},
    ),
    Fault(
        name="dag_paused",
        story="someone pauses the DAG while the step runs, and comes back when the idle timeout is over",
        inject=strikes.pause,
        recover=strikes.unpause,
        reason=r"idle|AUTO_TERMINATION|terminat",
        conf={"step_seconds": 6},
    ),
    Fault(
        name="s3_unavailable",
        story="S3 answers 503 for 25 s from the start of the run on",
        inject=strikes.s3_unavailable,
        reason=r"Service ?Unavailable|\b503\b|SlowDown",
    ),
)
MATRIX = (*AIRFLOW_FAULTS, *CLUSTER_FAULTS, *RUN_FAULTS, *CALL_FAULTS)
