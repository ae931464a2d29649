"""A Glue job run: started once per key, stopped when nobody waits for it, its log in the task's log."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from penstock_ui.links import DRIVER_LOG, DriverLogLink, ReportLink
from penstock_waits.tables import glue_run_ended
from workflow.operators.driver_log import LogGroups, explain
from workflow.operators.earlier import Earlier, States, take_over
from workflow.operators.key import Key
from workflow.operators.report import show_document
from workflow.operators.waiting import Waiting, once, outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome, Wait

KEY = "--penstock_key"
"""The argument that carries the key: Glue hands it to the script, whose parser ignores what is not its own."""
STATES = States(
    going_on=frozenset({"WAITING", "STARTING", "RUNNING"}),
    ending=frozenset({"STOPPING"}),
    done=frozenset({"SUCCEEDED"}),
)
LOG_GROUP = "/aws-glue/jobs"
"""Where runs log, unless their job has a security configuration."""
PAGES = 5
"""Of 200 runs, newest first, in which a run of this task is looked for."""
FULL = ("ConcurrentRunsExceededException", "ResourceNumberLimitExceededException")
"""Glue has refused a run because of others, and counts one that has ended for some seconds more."""
FULL_FOR = timedelta(minutes=10)
"""How long room for the run is waited for."""


class GlueRunOperator(Waiting, GlueJobOperator):
    """GlueJobOperator whose attempts share one job run, and which ends when the run does.

    The provider's (9.39.0) waits for ever for a run in ERROR or EXPIRED, calls STOPPED a success in its wait, keeps the
    job's old configuration and leaves the run going when it is killed, unless told otherwise; deferred, it never stops
    it. Its `durable` mode, which this replaces, loses a run whose worker dies between StartJobRun and the note of its
    id. The script must lie on S3 already: nothing is uploaded. Returns the run's id.
    """

    operator_extra_links = (DriverLogLink(), ReportLink())  # type: ignore[assignment]
    template_fields: Sequence[str] = (*GlueJobOperator.template_fields, "report_uri")

    def __init__(self, *, deployment: str, poll_seconds: float, report_uri: str = "", **kwargs: Any) -> None:
        """The document at `report_uri` is shown when the run has succeeded."""
        super().__init__(update_config=True, stop_job_run_on_kill=True, **kwargs)
        self.deployment, self.poll_seconds, self.report_uri = deployment, poll_seconds, report_uri
        self._run_id = ""

    def execute(self, context: Context) -> str:
        """Find or start the run, then wait for its end."""
        key = Key.of(context, self.deployment, self.script_args)
        self._run_id = self._find(key) or self._start(key)
        context["ti"].xcom_push(key="glue_job_run_id", value=self._run_id)
        context["ti"].xcom_push(key=DRIVER_LOG, value=f"cloudwatch:{LOG_GROUP}#{self._run_id}")
        return self._conclude(self.wait(self._until_ended(self._run_id), run_id=self._run_id))

    def resume(self, context: Context, event: Mapping[str, Any] | None, run_id: str) -> str:
        """The trigger has fired."""
        self._run_id = run_id
        return self._conclude(outcome_of(event))

    def on_kill(self) -> None:
        """Stop the run, if it was started."""
        if self._run_id:
            self._stop([self._run_id])

    def _start(self, key: Key) -> str:
        self.hook.create_or_update_glue_job()
        arguments = {**self.script_args, KEY: str(key)}
        started = once(
            lambda: self._start_when_there_is_room(arguments),
            lambda: self._find(key),
            what=f"StartJobRun of {self.job_name}",
        )
        self.log.info("Started job run %s of %s", started, self.job_name)
        return started

    def _start_when_there_is_room(self, arguments: dict[str, str]) -> str:
        glue, until = self.client_that_calls_once("glue"), min(datetime.now(UTC) + FULL_FOR, self.deadline())
        while True:
            try:
                return str(glue.start_job_run(JobName=self.job_name, Arguments=arguments)["JobRunId"])
            except ClientError as error:
                if error.response["Error"]["Code"] not in FULL or datetime.now(UTC) >= until:
                    raise
                self.log.info("Glue has no room for a run of %s yet: %s", self.job_name, error)
                time.sleep(self.poll_seconds)

    def _find(self, key: Key) -> str | None:
        """The run of an earlier attempt, unless it failed."""
        found = take_over(
            (
                Earlier(id=each["Id"], key=each.get("Arguments", {}).get(KEY, ""), state=each["JobRunState"])
                for each in self._listed()
            ),
            key,
            states=STATES,
            cancel=self._stop,
            settle=lambda run_id: self.settle(self._until_ended(run_id)),
        )
        if found:
            self.log.info("Job run %s of %s is %s: not started again", found.id, key, found.state)
        return found.id if found else None

    def _until_ended(self, run_id: str) -> Wait:
        return glue_run_ended(self.job_name, run_id, deadline=self.deadline(), poll_seconds=self.poll_seconds)

    def _listed(self) -> Iterator[dict[str, Any]]:
        glue = self.client("glue")
        try:
            pages = glue.get_paginator("get_job_runs").paginate(
                JobName=self.job_name, PaginationConfig={"PageSize": 200}
            )
            return iter([run for page in islice(pages, PAGES) for run in page["JobRuns"]])
        except glue.exceptions.EntityNotFoundException:  # the job is created with its first run
            return iter(())

    def _stop(self, run_ids: list[str]) -> None:
        self.log.info("Stopping %s of %s", ", ".join(run_ids), self.job_name)
        answer = self.client("glue").batch_stop_job_run(JobName=self.job_name, JobRunIds=run_ids)
        for error in answer["Errors"]:
            self.log.warning("%s was not stopped: %s", error["JobRunId"], error["ErrorDetail"].get("ErrorMessage"))

    def _conclude(self, outcome: Outcome) -> str:
        if outcome.ended == "success":
            show_document(self.client("s3"), self.report_uri, self.log)
            return self._run_id
        if outcome.ended == "timeout":
            self.give_up(lambda: self._stop([self._run_id]), what=f"Job run {self._run_id}")
        driver = self._driver_log()
        reason = explain(outcome, driver, log=self.log, poll_seconds=self.poll_seconds, until=self.deadline())
        raise AirflowException(f"Job run {self._run_id} of {self.job_name} {reason}")

    def _driver_log(self) -> LogGroups:
        group = LOG_GROUP
        try:
            run = self.client("glue").get_job_run(JobName=self.job_name, RunId=self._run_id)["JobRun"]
            group = run.get("LogGroupName", group)
        except (ClientError, BotoCoreError, OSError) as error:
            self.log.warning("Where %s logs to cannot be asked, %s is likely: %s", self._run_id, group, error)
        return LogGroups(logs=self.client("logs"), group=group, stream=self._run_id)
