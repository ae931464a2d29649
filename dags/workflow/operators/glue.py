"""A Glue job run: started once per key, stopped when nobody waits for it, its log in the task's log."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.sdk.exceptions import AirflowException

from penstock_waits.tables import glue_run_ended
from workflow.operators.driver_log import LogGroups, explain
from workflow.operators.key import Key
from workflow.operators.report import show_document
from workflow.operators.waiting import Waiting, once, outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome

KEY = "--penstock_key"
"""The argument that carries the key: Glue hands it to the script, whose parser ignores what is not its own."""
UNFINISHED = ("WAITING", "STARTING", "RUNNING", "STOPPING")
USABLE = (*UNFINISHED, "SUCCEEDED")
PAGES = 5
"""Of 200 runs, newest first, in which a run of this task is looked for."""


class GlueRunOperator(Waiting, GlueJobOperator):
    """GlueJobOperator whose attempts share one job run, and which ends when the run does.

    The provider's (9.39.0) waits for ever for a run in ERROR or EXPIRED, calls STOPPED a success in its wait, keeps the
    job's old configuration and leaves the run going when it is killed, unless told otherwise; deferred, it never stops
    it. Its `durable` mode, which this replaces, loses a run whose worker dies between StartJobRun and the note of its
    id. The script must lie on S3 already: nothing is uploaded. Returns the run's id.
    """

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
        wait = glue_run_ended(self.job_name, self._run_id, deadline=self.deadline(), poll_seconds=self.poll_seconds)
        return self._conclude(self.wait(wait, run_id=self._run_id))

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
        glue, arguments = self.client_that_calls_once("glue"), {**self.script_args, KEY: str(key)}
        started = once(
            lambda: str(glue.start_job_run(JobName=self.job_name, Arguments=arguments)["JobRunId"]),
            lambda: self._find(key),
            what=f"StartJobRun of {self.job_name}",
        )
        self.log.info("Started job run %s of %s", started, self.job_name)
        return started

    def _find(self, key: Key) -> str | None:
        """The run with this key, unless it failed; unfinished ones of the task with another key are stopped."""
        runs = [(each, each.get("Arguments", {}).get(KEY, "")) for each in self._listed()]
        outdated = [
            each["Id"]
            for each, other in runs
            if key.is_of_same_task(other) and other != str(key) and each["JobRunState"] in UNFINISHED
        ]
        if outdated:
            self._stop(outdated)
        for each, other in runs:
            if other == str(key) and each["JobRunState"] in USABLE:
                self.log.info("Job run %s of %s is %s: not started again", each["Id"], key, each["JobRunState"])
                return str(each["Id"])
        return None

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
        self.client("glue").batch_stop_job_run(JobName=self.job_name, JobRunIds=run_ids)

    def _conclude(self, outcome: Outcome) -> str:
        if outcome.ended == "success":
            show_document(self.client("s3"), self.report_uri, self.log)
            return self._run_id
        if outcome.ended == "timeout":
            self._stop([self._run_id])
        reason = explain(outcome, self._driver_log(), log=self.log, poll_seconds=self.poll_seconds)
        raise AirflowException(f"Job run {self._run_id} of {self.job_name} {reason}")

    def _driver_log(self) -> LogGroups:
        run = self.client("glue").get_job_run(JobName=self.job_name, RunId=self._run_id)["JobRun"]
        group = run.get("LogGroupName", "/aws-glue/jobs")
        return LogGroups(logs=self.client("logs"), group=group, stream=self._run_id)
