"""The EMR requests about notebook executions, which moto does not have."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.core.utils import utcnow

from local_aws.emr.instance_responses import InstanceResponse
from local_aws.parameters import plain

LISTED_FOR = timedelta(days=30)
"""The default of ListNotebookExecutions' From."""


class NotebookResponse(InstanceResponse):
    """Answers EMR requests about notebook executions."""

    def start_notebook_execution(self) -> ActionResult:
        """Start an execution."""
        execution = self.backend.start_notebook(plain(self.params))
        return ActionResult({"NotebookExecutionId": execution.id})

    def describe_notebook_execution(self) -> ActionResult:
        """Return one execution."""
        return ActionResult({"NotebookExecution": self.backend.notebook(self._execution_id()).describe()})

    def stop_notebook_execution(self) -> EmptyResult:
        """Stop an execution that goes on."""
        self.backend.stop_notebook(self._execution_id())
        return EmptyResult()

    def list_notebook_executions(self) -> ActionResult:
        """List the executions that the filters let through, the newest first."""
        since = self._moment("From") or utcnow() - LISTED_FOR
        until = self._moment("To") or utcnow()
        wanted = {name: self._get_param(name) for name in ("Status", "EditorId", "ExecutionEngineId")}
        found = [each.summary() for each in self.backend.notebooks.values() if since <= each.created <= until]
        chosen = [each for each in found if all(value in {None, each[name]} for name, value in wanted.items())]
        return PaginatedResult({"NotebookExecutions": sorted(chosen, key=lambda each: each["StartTime"], reverse=True)})

    def _execution_id(self) -> str:
        return str(self._get_param("NotebookExecutionId"))

    def _moment(self, name: str) -> datetime | None:
        """A point in time, in UTC without its time zone, as moto keeps them; clients send seconds."""
        value: Any = self._get_param(name)
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None) if value is not None and value.tzinfo else value
        return datetime.fromtimestamp(float(value), UTC).replace(tzinfo=None)
