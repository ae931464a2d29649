"""A Spark job on EMR Serverless: no cluster to leak, the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.emr import EmrServerlessStartJobOperator
from airflow.sdk.exceptions import AirflowException

from penstock_waits.tables import job_run_ended
from workflow.operators.driver_log import LogFolder, explain
from workflow.operators.key import Key
from workflow.operators.report import show_document
from workflow.operators.waiting import Waiting, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome

FAILED = ("FAILED", "CANCELLED", "CANCELLING")


class SparkJobRunOperator(Waiting, EmrServerlessStartJobOperator):
    """EmrServerlessStartJobOperator whose attempts share one job run, by AWS's own client token. Returns its id.

    The provider's (9.39.0) draws a new token on every attempt, and leaves a deferred job running when it is killed.
    """

    template_fields: Sequence[str] = (
        *EmrServerlessStartJobOperator.template_fields, "report_uri", "progress_uri", "log_uri"
    )  # fmt: skip

    def __init__(
        self,
        *,
        deployment: str,
        log_uri: str,
        poll_seconds: float,
        report_uri: str = "",
        progress_uri: str = "",
        **kwargs: Any,
    ) -> None:
        """Logs go below `log_uri`; the document at `report_uri` is shown when the job run has succeeded."""
        monitoring = {"s3MonitoringConfiguration": {"logUri": log_uri}}
        overrides = {**(kwargs.pop("configuration_overrides", None) or {}), "monitoringConfiguration": monitoring}
        super().__init__(configuration_overrides=overrides, **kwargs)
        self.deployment, self.poll_seconds, self.log_uri = deployment, poll_seconds, log_uri
        self.report_uri, self.progress_uri = report_uri, progress_uri
        self._run_id = ""

    def execute(self, context: Context, event: dict[str, Any] | None = None) -> str:
        """Start the run, or find the one that has the token, then wait for its end."""
        key = Key.of(context, self.deployment, self.job_driver)
        self._run_id = self._start(key)
        wait = job_run_ended(
            self.application_id,
            self._run_id,
            progress_uri=self.progress_uri,
            deadline=self.deadline(),
            poll_seconds=self.poll_seconds,
        )
        return self._conclude(self.wait(wait, run_id=self._run_id))

    def resume(self, context: Context, event: Mapping[str, Any] | None, run_id: str) -> str:
        """The trigger has fired."""
        self._run_id = run_id
        return self._conclude(outcome_of(event))

    def on_kill(self) -> None:
        """Cancel the run, if it was started."""
        if self._run_id:
            self._cancel(self._run_id)

    def _start(self, key: Key) -> str:
        """A token stands for one run, failed or not, so a retry after a failure counts on to a token of its own."""
        client = self.client("emr-serverless")
        runs = self._cancel_outdated(key)
        failed = sum(1 for run in runs if run["state"] in FAILED)
        answer = client.start_job_run(
            clientToken=f"{key}.{failed}",
            applicationId=self.application_id,
            executionRoleArn=self.execution_role_arn,
            jobDriver=self.job_driver,
            configurationOverrides=self.configuration_overrides,
            name=f"{self.name} [{key}]",
            executionTimeoutMinutes=self._minutes(),
        )
        return str(answer["jobRunId"])

    def _cancel_outdated(self, key: Key) -> list[dict[str, Any]]:
        """Runs with this key; unfinished ones of the task with another key are cancelled."""
        client = self.client("emr-serverless")
        pages = client.get_paginator("list_job_runs").paginate(applicationId=self.application_id)
        named = [
            (run, run.get("name", "").rpartition(" [")[2].rstrip("]")) for page in pages for run in page["jobRuns"]
        ]
        for run, other in named:
            if key.is_of_same_task(other) and other != str(key) and run["state"] not in {*FAILED, "SUCCESS"}:
                self._cancel(run["id"])
        return [run for run, other in named if other == str(key)]

    def _minutes(self) -> int:
        return int(self.execution_timeout.total_seconds() // 60) or 1 if self.execution_timeout else 720

    def _cancel(self, run_id: str) -> None:
        self.log.info("Cancelling job run %s of %s", run_id, self.application_id)
        self.client("emr-serverless").cancel_job_run(applicationId=self.application_id, jobRunId=run_id)

    def _conclude(self, outcome: Outcome) -> str:
        if outcome.ended == "success":
            show_document(self.client("s3"), self.report_uri, self.log)
            return self._run_id
        if outcome.ended == "timeout":
            self._cancel(self._run_id)
        driver = LogFolder.of_job_run(self.client("s3"), self.log_uri, self.application_id, self._run_id)
        reason = explain(outcome, driver, log=self.log, poll_seconds=self.poll_seconds)
        raise AirflowException(f"Job run {self._run_id} of {self.application_id} {reason}")
