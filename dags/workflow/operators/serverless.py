"""A Spark job on EMR Serverless: no cluster to leak, the same promises."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.operators.emr import EmrServerlessStartJobOperator
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from penstock_ui.links import DRIVER_LOG, DriverLogLink, ReportLink
from penstock_waits.tables import job_run_ended
from workflow.operators.driver_log import LogFolder, explain
from workflow.operators.earlier import Earlier, States, take_over
from workflow.operators.key import Key
from workflow.operators.report import show_document
from workflow.operators.waiting import Waiting, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome, Wait

STATES = States(
    going_on=frozenset({"SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING"}),
    ending=frozenset({"CANCELLING"}),
    done=frozenset({"SUCCESS"}),
)


class SparkJobRunOperator(Waiting, EmrServerlessStartJobOperator):
    """EmrServerlessStartJobOperator whose attempts share one job run, by AWS's own client token. Returns its id.

    The provider's (9.39.0) draws a new token on every attempt, and leaves a deferred job running when it is killed.
    """

    operator_extra_links = (DriverLogLink(), ReportLink())  # type: ignore[assignment]
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
        """Find or start the run, then wait for its end."""
        key = Key.of(context, self.deployment, self.job_driver)
        earlier = self._listed()
        self._run_id = self._find(earlier, key) or self._start(
            key, number=sum(each.key == str(key) for each in earlier)
        )
        place = LogFolder.of_job_run(None, self.log_uri, self.application_id, self._run_id).place
        context["ti"].xcom_push(key=DRIVER_LOG, value=place)
        wait = self._until_ended(self._run_id, progress_uri=self.progress_uri)
        return self._conclude(self.wait(wait, run_id=self._run_id))

    def resume(self, context: Context, event: Mapping[str, Any] | None, run_id: str) -> str:
        """The trigger has fired."""
        self._run_id = run_id
        return self._conclude(outcome_of(event))

    def on_kill(self) -> None:
        """Cancel the run, if it was started."""
        if self._run_id:
            self._cancel([self._run_id])

    def _find(self, earlier: Sequence[Earlier], key: Key) -> str | None:
        """The run of an earlier attempt, unless it failed."""
        found = take_over(
            earlier,
            key,
            states=STATES,
            cancel=self._cancel,
            settle=lambda run_id: self.settle(self._until_ended(run_id)),
        )
        if found:
            self.log.info("Job run %s of %s is %s: not started again", found.id, key, found.state)
        return found.id if found else None

    def _start(self, key: Key, *, number: int) -> str:
        """A token stands for one run, failed or not, so a retry after a failure counts on to a token of its own."""
        answer = self.client("emr-serverless").start_job_run(
            clientToken=f"{key}.{number}",
            applicationId=self.application_id,
            executionRoleArn=self.execution_role_arn,
            jobDriver=self.job_driver,
            configurationOverrides=self.configuration_overrides,
            name=f"{self.name} [{key}]",
            executionTimeoutMinutes=self._minutes(),
        )
        return str(answer["jobRunId"])

    def _listed(self) -> list[Earlier]:
        pages = self.client("emr-serverless").get_paginator("list_job_runs").paginate(applicationId=self.application_id)
        return [
            Earlier(id=run["id"], key=run.get("name", "").rpartition(" [")[2].rstrip("]"), state=run["state"])
            for page in pages
            for run in page["jobRuns"]
        ]

    def _until_ended(self, run_id: str, *, progress_uri: str = "") -> Wait:
        return job_run_ended(
            self.application_id,
            run_id,
            progress_uri=progress_uri,
            deadline=self.deadline(),
            poll_seconds=self.poll_seconds,
        )

    def _minutes(self) -> int:
        """AWS's own limit, behind the task's: it counts whole minutes and takes no fewer than 5."""
        return max(5, ceil(self.execution_timeout.total_seconds() / 60)) if self.execution_timeout else 720

    def _cancel(self, run_ids: list[str]) -> None:
        for each in run_ids:
            self.log.info("Cancelling job run %s of %s", each, self.application_id)
            self.client("emr-serverless").cancel_job_run(applicationId=self.application_id, jobRunId=each)

    def _conclude(self, outcome: Outcome) -> str:
        if outcome.ended == "success":
            show_document(self.client("s3"), self.report_uri, self.log)
            return self._run_id
        if outcome.ended == "timeout":
            self.give_up(lambda: self._cancel([self._run_id]), what=f"Job run {self._run_id}")
        s3 = self.client("s3")
        driver = LogFolder.of_job_run(s3, self.log_uri, self.application_id, self._run_id, self._ended())
        reason = explain(outcome, driver, log=self.log, poll_seconds=self.poll_seconds, until=self.deadline())
        raise AirflowException(f"Job run {self._run_id} of {self.application_id} {reason}")

    def _ended(self) -> datetime | None:
        """When the run came to its state; None if AWS does not say."""
        run = {"applicationId": self.application_id, "jobRunId": self._run_id}
        try:
            return cast("datetime", self.client("emr-serverless").get_job_run(**run)["jobRun"]["updatedAt"])
        except (ClientError, BotoCoreError, OSError):
            return None
