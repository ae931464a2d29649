"""One notebook execution: started once per key, stopped when nobody waits for it."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.emr import EmrStartNotebookExecutionOperator
from airflow.providers.common.compat.sdk import conf
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import ClientError

from penstock.layout import split_uri
from penstock_waits.tables import notebook_ended
from workflow.operators.driver_log import describe
from workflow.operators.earlier import Earlier, States, take_over
from workflow.operators.key import Key
from workflow.operators.waiting import Waiting, once, outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome, Wait

STATES = States(
    going_on=frozenset({"START_PENDING", "STARTING", "RUNNING", "FINISHING"}),
    ending=frozenset({"STOP_PENDING", "STOPPING", "FAILING"}),
    done=frozenset({"FINISHED"}),
)
OVER = "InvalidRequestException"
"""What EMR says to the request to stop what has ended."""
_KEY = re.compile(r" \[([0-9a-f]+\.-?\d+\.[0-9a-f]+)\]$")


class NotebookOperator(Waiting, EmrStartNotebookExecutionOperator):
    """EmrStartNotebookExecutionOperator for a notebook on S3, which attempts of one task share.

    The provider's (9.39.0) takes notebooks of EMR Studio workspaces only, has no deferrable mode, waits until the
    execution is RUNNING and takes that for its success, waits on after it was STOPPED, starts another one on every
    attempt and leaves it running when it is killed. Returns the location of the executed notebook.
    """

    template_fields: Sequence[str] = ("cluster_id", "service_role", "notebook_uri", "output_uri", "parameters")

    def __init__(
        self,
        *,
        deployment: str,
        notebook_uri: str,
        output_uri: str,
        parameters: Mapping[str, Any],
        poll_seconds: float,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        """`output_uri` is where the notebook is to lie in the end, under whatever name."""
        super().__init__(editor_id="", relative_path="", **kwargs)
        self.deployment, self.poll_seconds, self.deferrable = deployment, poll_seconds, deferrable
        self.notebook_uri, self.output_uri, self.parameters = notebook_uri, output_uri, dict(parameters)
        self._execution_id = ""

    def execute(self, context: Context) -> str:
        """Find or start the execution, then wait for its end."""
        request = self._request()
        key = Key.of(context, self.deployment, request)
        self._execution_id = self._find(key) or self._start(request, key)
        return self._conclude(self.wait(self._until_ended(self._execution_id), execution_id=self._execution_id))

    def resume(self, context: Context, event: Mapping[str, Any] | None, execution_id: str) -> str:
        """The trigger has fired."""
        self._execution_id = execution_id
        return self._conclude(outcome_of(event))

    def on_kill(self) -> None:
        """Stop the execution, if it was started."""
        if self._execution_id:
            self._stop([self._execution_id])

    def _request(self) -> dict[str, Any]:
        """StartNotebookExecution's, but for the name. EMR puts the file, by its own name, below the output's prefix."""
        bucket, key = split_uri(self.notebook_uri)
        target, path = split_uri(self.output_uri)
        return {
            "ExecutionEngine": {"Id": self.cluster_id, "Type": "EMR"},
            "ServiceRole": self.service_role,
            "NotebookS3Location": {"Bucket": bucket, "Key": key},
            "OutputNotebookS3Location": {"Bucket": target, "Key": str(PurePosixPath(path).parent)},
            "NotebookParams": json.dumps(self.parameters),
        }

    def _find(self, key: Key) -> str | None:
        """The execution of an earlier attempt, unless it failed."""
        found = take_over(
            self._listed(),
            key,
            states=STATES,
            cancel=self._stop,
            settle=lambda execution_id: self.settle(self._until_ended(execution_id)),
        )
        if found:
            self.log.info("Notebook execution %s of %s is %s: not started again", found.id, key, found.state)
        return found.id if found else None

    def _start(self, request: Mapping[str, Any], key: Key) -> str:
        emr, name = self.client_that_calls_once("emr"), f"{PurePosixPath(self.notebook_uri).stem} [{key}]"
        started = once(
            lambda: str(emr.start_notebook_execution(**request, NotebookExecutionName=name)["NotebookExecutionId"]),
            lambda: self._find(key),
            what=f"StartNotebookExecution on {self.cluster_id}",
        )
        self.log.info("Started notebook execution %s on %s: %s", started, self.cluster_id, name)
        return started

    def _listed(self) -> Iterator[Earlier]:
        pages = self.client("emr").get_paginator("list_notebook_executions").paginate(ExecutionEngineId=self.cluster_id)
        for each in (each for page in pages for each in page["NotebookExecutions"]):
            if named := _KEY.search(each.get("NotebookExecutionName", "")):
                yield Earlier(id=each["NotebookExecutionId"], key=named.group(1), state=each["Status"])

    def _until_ended(self, execution_id: str) -> Wait:
        return notebook_ended(execution_id, deadline=self.deadline(), poll_seconds=self.poll_seconds)

    def _stop(self, execution_ids: list[str]) -> None:
        for each in execution_ids:
            self.log.info("Stopping notebook execution %s of %s", each, self.cluster_id)
            try:
                self.client("emr").stop_notebook_execution(NotebookExecutionId=each)
            except ClientError as error:
                if error.response["Error"]["Code"] != OVER:
                    raise
                self.log.info("It is over already: %s", error)

    def _conclude(self, outcome: Outcome) -> str:
        made = self._made()
        if outcome.ended == "success":
            return self._put(made)
        if outcome.ended == "timeout":
            self.give_up(lambda: self._stop([self._execution_id]), what=f"Notebook execution {self._execution_id}")
        so_far = f". The notebook as far as it came: {made}" if made else ""
        raise AirflowException(
            f"Notebook execution {self._execution_id} of {self.cluster_id} {describe(outcome)}: "
            f"{outcome.reason or 'AWS gave no reason'}{so_far}"
        )

    def _made(self) -> str:
        """Where EMR has put the notebook; empty if it says nothing."""
        found = self.client("emr").describe_notebook_execution(NotebookExecutionId=self._execution_id)
        return str(found["NotebookExecution"].get("OutputNotebookURI") or "")

    def _put(self, made: str) -> str:
        """The executed notebook where it is expected: below its prefix EMR chooses the place."""
        if not made:
            raise AirflowException(
                f"Notebook execution {self._execution_id} of {self.cluster_id} is FINISHED, but EMR names no output."
            )
        if made != self.output_uri:
            (bucket, key), (target, path) = split_uri(made), split_uri(self.output_uri)
            self.client("s3").copy_object(CopySource={"Bucket": bucket, "Key": key}, Bucket=target, Key=path)
        self.log.info("The executed notebook: %s", self.output_uri)
        return self.output_uri
