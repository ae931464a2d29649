"""The states of AWS's things, as tables; the names are those of the API references."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from penstock_waits.served import FAILED, SERVING
from penstock_waits.wait import Call, Wait

SERVICE = "penstock-service"
"""What a look names as its service where it asks a real-time service and not AWS."""
CLUSTER_REASON = "Cluster.Status.StateChangeReason.[Code, Message]"
ENDED = ["TERMINATED", "TERMINATED_WITH_ERRORS"]


def cluster_ready(cluster_id: str, *, deadline: datetime, poll_seconds: float) -> Wait:
    """Until the cluster takes steps: one that has ended, even by request, is a failure."""
    return Wait(
        what=f"cluster {cluster_id}",
        look=Call(service="emr", method="describe_cluster", arguments={"ClusterId": cluster_id}),
        state="Cluster.Status.State",
        reason=CLUSTER_REASON,
        success=["RUNNING", "WAITING"],
        failure=["TERMINATING", *ENDED],
        cancel=Call(service="emr", method="terminate_job_flows", arguments={"JobFlowIds": [cluster_id]}),
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def cluster_ended(cluster_id: str, *, deadline: datetime, poll_seconds: float) -> Wait:
    """Until the cluster costs nothing any more; how it ended is not asked."""
    return Wait(
        what=f"cluster {cluster_id}",
        look=Call(service="emr", method="describe_cluster", arguments={"ClusterId": cluster_id}),
        state="Cluster.Status.State",
        reason=CLUSTER_REASON,
        success=ENDED,
        failure=[],
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def step_ended(cluster_id: str, step_id: str, *, progress_uri: str, deadline: datetime, poll_seconds: float) -> Wait:
    """Until the step has ended; a user who ends the task ends the step."""
    cancel = {"ClusterId": cluster_id, "StepIds": [step_id], "StepCancellationOption": "TERMINATE_PROCESS"}
    return Wait(
        what=f"step {step_id} of {cluster_id}",
        look=Call(service="emr", method="describe_step", arguments={"ClusterId": cluster_id, "StepId": step_id}),
        state="Step.Status.State",
        reason="Step.Status.[FailureDetails.Reason, FailureDetails.Message, StateChangeReason.Message]",
        success=["COMPLETED"],
        failure=["CANCELLED", "FAILED", "INTERRUPTED"],
        cancel=Call(service="emr", method="cancel_steps", arguments=cancel),
        progress_uri=progress_uri,
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def notebook_ended(execution_id: str, *, deadline: datetime, poll_seconds: float) -> Wait:
    """Until the notebook execution has ended; a user who ends the task stops it."""
    execution = {"NotebookExecutionId": execution_id}
    return Wait(
        what=f"notebook execution {execution_id}",
        look=Call(service="emr", method="describe_notebook_execution", arguments=execution),
        state="NotebookExecution.Status",
        reason="NotebookExecution.[LastStateChangeReason]",
        success=["FINISHED"],
        failure=["FAILED", "STOPPED"],
        cancel=Call(service="emr", method="stop_notebook_execution", arguments=execution),
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def glue_run_ended(job: str, run_id: str, *, deadline: datetime, poll_seconds: float) -> Wait:
    """Until the Glue job run has ended; ERROR and EXPIRED are ends too."""
    run: dict[str, Any] = {"JobName": job, "RunId": run_id}
    stop = {"JobName": job, "JobRunIds": [run_id]}
    return Wait(
        what=f"Glue job run {run_id} of {job}",
        look=Call(service="glue", method="get_job_run", arguments=run),
        state="JobRun.JobRunState",
        reason="JobRun.[ErrorMessage, StateDetail]",
        success=["SUCCEEDED"],
        failure=["FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"],
        cancel=Call(service="glue", method="batch_stop_job_run", arguments=stop),
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def job_run_ended(
    application_id: str, run_id: str, *, progress_uri: str, deadline: datetime, poll_seconds: float
) -> Wait:
    """Until the EMR Serverless job run has ended."""
    run = {"applicationId": application_id, "jobRunId": run_id}
    return Wait(
        what=f"job run {run_id} of {application_id}",
        look=Call(service="emr-serverless", method="get_job_run", arguments=run),
        state="jobRun.state",
        reason="jobRun.[stateDetails]",
        success=["SUCCESS"],
        failure=["FAILED", "CANCELLED"],
        cancel=Call(service="emr-serverless", method="cancel_job_run", arguments=run),
        progress_uri=progress_uri,
        deadline=deadline,
        poll_seconds=poll_seconds,
    )


def version_served(
    connection_id: str, reload_id: str, *, model: str, version: str, deadline: datetime, poll_seconds: float
) -> Wait:
    """Until every worker of a real-time service serves the version of the model."""
    asked = {"connection_id": connection_id, "reload_id": reload_id, "model": model, "version": version}
    return Wait(
        what=f"reload {reload_id} of the service {connection_id}",
        look=Call(service=SERVICE, method="reload_state", arguments=asked),
        state="state",
        reason="reasons",
        success=[SERVING],
        failure=[FAILED],
        deadline=deadline,
        poll_seconds=poll_seconds,
    )
