"""One Spark step: added once per key, cancelled when nobody waits for it, its log in the task's log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from botocore.exceptions import BotoCoreError, ClientError

from penstock_ui.links import DRIVER_LOG, DriverLogLink, ReportLink
from penstock_waits.tables import ENDED, step_ended
from workflow.operators.driver_log import LogFolder, describe, explain
from workflow.operators.earlier import Earlier, States, take_over
from workflow.operators.key import Key
from workflow.operators.report import show_document
from workflow.operators.waiting import Waiting, once, outcome_of
from workflow.sizing import settings_for, with_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow.sdk import Context

    from penstock.spark_settings import Nodes
    from penstock_waits.wait import Outcome, Wait

Step = dict[str, Any]
STATES = States(
    going_on=frozenset({"PENDING", "RUNNING"}), ending=frozenset({"CANCEL_PENDING"}), done=frozenset({"COMPLETED"})
)
_KEY = re.compile(r" \[([0-9a-f]+\.-?\d+\.[0-9a-f]+)\]$")


class SparkStepOperator(Waiting, EmrAddStepsOperator):
    """EmrAddStepsOperator for one step, which attempts of one task share.

    The provider's (9.39.0) adds the step again on every attempt, beside the one that still runs, gives up after
    30 minutes, leaves it running when it is killed, and tells a link instead of the reason. Returns the step's id.
    """

    operator_extra_links = (DriverLogLink(), ReportLink())  # type: ignore[assignment]
    template_ext: Sequence[str] = ()
    template_fields: Sequence[str] = (
        *EmrAddStepsOperator.template_fields,
        "report_uri",
        "progress_uri",
        "log_uri",
        "input_uris",
    )

    def __init__(
        self,
        *,
        deployment: str,
        step: Step,
        log_uri: str,
        poll_seconds: float,
        report_uri: str = "",
        progress_uri: str = "",
        input_uris: Sequence[str] = (),
        nodes: Nodes | None = None,
        in_python: bool = False,
        **kwargs: Any,
    ) -> None:
        """`log_uri` is the cluster's LogUri, empty to ask for it; the document at `report_uri` is shown in the end.

        By the size of what lies at `input_uris`, by the `nodes` where executors run, and by whether the work is done
        `in_python`, Spark's settings are chosen.
        """
        super().__init__(steps=[step], **kwargs)
        self.deployment, self.poll_seconds, self.log_uri = deployment, poll_seconds, log_uri
        self.report_uri, self.progress_uri = report_uri, progress_uri
        self.input_uris, self.nodes, self.in_python = list(input_uris), nodes, in_python
        self._step_id = ""

    @property
    def _cluster_id(self) -> str:
        return str(self.job_flow_id)

    def execute(self, context: Context) -> str:  # type: ignore[override]
        """Find or add the step, then wait for its end."""
        (step,) = cast("list[Step]", self.steps)
        key = Key.of(context, self.deployment, step["HadoopJarStep"])
        self._step_id = self._find(key) or self._add(self._sized(step), key)
        self._tell_log(context)
        wait = self._until_ended(self._step_id, progress_uri=self.progress_uri)
        return self._conclude(self.wait(wait, step_id=self._step_id))

    def resume(self, context: Context, event: Mapping[str, Any] | None, step_id: str) -> str:
        """The trigger has fired."""
        self._step_id = step_id
        return self._conclude(outcome_of(event))

    def on_kill(self) -> None:
        """Cancel the step, if it was added."""
        if self._step_id:
            self._cancel([self._step_id])

    def _find(self, key: Key) -> str | None:
        """The step of an earlier attempt, unless it failed."""
        found = take_over(
            self._listed(),
            key,
            states=STATES,
            cancel=self._cancel,
            settle=lambda step_id: self.settle(self._until_ended(step_id)),
        )
        if found:
            self.log.info("Step %s of %s is %s: not added again", found.id, key, found.state)
        return found.id if found else None

    def _add(self, step: Step, key: Key) -> str:
        emr, named = self.client_that_calls_once("emr"), {**step, "Name": f"{step['Name']} [{key}]"}
        self._refuse_if_ended()
        added = once(
            lambda: str(emr.add_job_flow_steps(JobFlowId=self._cluster_id, Steps=[named])["StepIds"][0]),
            lambda: self._find(key),
            what=f"AddJobFlowSteps on {self._cluster_id}",
        )
        self.log.info("Added step %s to %s: %s", added, self._cluster_id, named["Name"])
        return added

    def _sized(self, step: Step) -> Step:
        if not self.input_uris:
            return step
        found = settings_for(self.client("s3"), self.input_uris, self.nodes, in_python=self.in_python)
        return with_settings(step, found)

    def _listed(self) -> Iterator[Earlier]:
        pages = self.client("emr").get_paginator("list_steps").paginate(ClusterId=self._cluster_id)
        for step in (step for page in pages for step in page["Steps"]):
            if named := _KEY.search(step["Name"]):
                yield Earlier(id=step["Id"], key=named.group(1), state=step["Status"]["State"])

    def _until_ended(self, step_id: str, *, progress_uri: str = "") -> Wait:
        return step_ended(
            self._cluster_id,
            step_id,
            progress_uri=progress_uri,
            deadline=self.deadline(),
            poll_seconds=self.poll_seconds,
        )

    def _cancel(self, step_ids: list[str]) -> None:
        self.log.info("Cancelling %s of %s", ", ".join(step_ids), self._cluster_id)
        self.client("emr").cancel_steps(
            ClusterId=self._cluster_id, StepIds=step_ids, StepCancellationOption="TERMINATE_PROCESS"
        )

    def _refuse_if_ended(self) -> None:
        """A retry on a cluster that has ended is of no use: the task fails at once, and says what ended the cluster."""
        status = self.client("emr").describe_cluster(ClusterId=self._cluster_id)["Cluster"]["Status"]
        if status["State"] in {"TERMINATING", *ENDED}:
            raise AirflowFailException(
                f"Cluster {self._cluster_id} is {status['State']}, so the step cannot run: "
                f"{status.get('StateChangeReason', {}).get('Message') or 'AWS gave no reason'}. "
                "Clear the task that gave it, create_cluster or find_cluster, with everything after it."
            )

    def _conclude(self, outcome: Outcome) -> str:
        if outcome.ended == "success":
            show_document(self.client("s3"), self.report_uri, self.log)
            return self._step_id
        if outcome.ended == "timeout":
            self.give_up(lambda: self._cancel([self._step_id]), what=f"Step {self._step_id}")
        raise AirflowException(f"Step {self._step_id} of {self._cluster_id} {self._reason(outcome)}")

    def _tell_log(self, context: Context) -> None:
        if log_uri := self.log_uri or self._log_uri():
            place = LogFolder.of_step(None, log_uri, self._cluster_id, self._step_id).place
            context["ti"].xcom_push(key=DRIVER_LOG, value=place)

    def _reason(self, outcome: Outcome) -> str:
        log_uri = self.log_uri or self._log_uri()
        if not log_uri:
            return f"{describe(outcome)}: {outcome.reason or 'AWS gave no reason'}. The cluster keeps no logs on S3"
        driver = LogFolder.of_step(self.client("s3"), log_uri, self._cluster_id, self._step_id, self._ended())
        return explain(outcome, driver, log=self.log, poll_seconds=self.poll_seconds, until=self.deadline())

    def _log_uri(self) -> str:
        """Where a cluster that is not the DAG's own keeps its logs; empty if nowhere or nobody may know."""
        try:
            return str(self.client("emr").describe_cluster(ClusterId=self._cluster_id)["Cluster"].get("LogUri", ""))
        except (ClientError, BotoCoreError, OSError) as error:
            self.log.warning("Where %s keeps its logs cannot be asked: %s", self._cluster_id, error)
            return ""

    def _ended(self) -> datetime | None:
        """When the step ended; None if AWS does not say."""
        try:
            step = self.client("emr").describe_step(ClusterId=self._cluster_id, StepId=self._step_id)["Step"]
            return cast("datetime", step["Status"]["Timeline"]["EndDateTime"])
        except (ClientError, BotoCoreError, OSError, KeyError):
            return None
