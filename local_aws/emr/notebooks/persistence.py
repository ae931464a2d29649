"""Notebook executions outlive the server: each is written when it has changed."""

import logging
import threading
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from local_aws.documents import Documents, Scope
from local_aws.emr.notebooks import states
from local_aws.emr.notebooks.notebook import NotebookExecution

if TYPE_CHECKING:
    from local_aws.emr.backend import EmrBackend

KIND = "emr-notebook-execution"
MEMBERS = ("state", "reason", "created", "ended", "output_uri")
LOST = "The local AWS was stopped while it was going on."
log = logging.getLogger(__name__)


def keep(documents: Documents, scope: Scope, execution: NotebookExecution) -> None:
    """Write an execution as it is now."""
    documents.keep(scope, KIND, (execution.id,), lambda: _value(execution))


def forget_all(documents: Documents, scope: Scope) -> None:
    """Delete every execution of one account and region."""
    for name in documents.names(scope, KIND):
        documents.keep(scope, KIND, name, lambda: None)


def _value(execution: NotebookExecution) -> dict[str, Any]:
    members = {name: getattr(execution, name) for name in MEMBERS}
    return {"id": execution.id, "arn": execution.arn, "request": execution.request, **members}


def restore(documents: Documents, backends: Any) -> None:
    """Make the executions of earlier servers again; those that were going on have failed."""
    for found in documents.all(KIND):
        try:
            _restore(backends[found.scope.account][found.scope.region], found.value)
        except Exception:
            log.exception("notebook execution %s is not known any more", "/".join(found.name))


def _restore(backend: "EmrBackend", value: dict[str, Any]) -> None:
    execution = NotebookExecution(
        value["id"], value["request"], arn=value["arn"], changed=threading.Condition(), keep=backend.keep_notebook
    )
    for name in MEMBERS:
        setattr(execution, name, value[name])
    if execution.going_on:
        execution.state = "FAILED"
        execution.reason = f"{states.REASONS['FAILED'].format(execution.cluster_id)} {LOST}"
        execution.ended = utcnow()
    backend.notebooks[execution.id] = execution
    backend.keep_notebook(execution)
