"""Applications and job runs outlive the server: each is written when it has changed."""

import logging
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from local_aws.documents import Documents, Scope
from local_aws.emr_serverless import states
from local_aws.emr_serverless.application import ServerlessApplication
from local_aws.emr_serverless.job_run import ServerlessRun

if TYPE_CHECKING:
    from local_aws.emr_serverless.backend import ExecutingServerlessBackend

APPLICATIONS, RUNS = "serverless-application", "serverless-run"
OF_APPLICATION = (
    *("id", "arn", "state", "state_details", "created_at", "updated_at", "tags", "initial_capacity"),
    *("maximum_capacity", "auto_start_configuration", "auto_stop_configuration", "network_configuration"),
    *("architecture", "runtime_configuration", "monitoring_configuration", "scheduler_configuration"),
)
OF_RUN = (
    *("id", "arn", "state", "state_details", "created_at", "updated_at", "attempt_created_at", "attempt_updated_at"),
    *("started_at", "ended_at", "total_execution_duration_seconds", "tags"),
)
LOST = "The local AWS was stopped while the job run was going on"
log = logging.getLogger(__name__)


class Persistence:
    """Writes down what one back end holds."""

    def __init__(self, backend: "ExecutingServerlessBackend", documents: Documents) -> None:
        self._applications = backend.applications
        self._documents = documents
        self._scope = Scope(account=backend.account_id, region=backend.region_name)

    def save_application(self, application: ServerlessApplication) -> None:
        """Write an application as it is now."""
        self._documents.keep(self._scope, APPLICATIONS, (application.id,), lambda: self._application(application))

    def save_run(self, run: ServerlessRun) -> None:
        """Write a job run as it is now."""
        self._documents.keep(self._scope, RUNS, (run.application_id, run.id), lambda: self._run(run))

    def _application(self, application: ServerlessApplication) -> dict[str, Any] | None:
        if application.id not in self._applications:
            return None
        return {"request": application.request, "made_of": application.made_of, **_members(application, OF_APPLICATION)}

    def _run(self, run: ServerlessRun) -> dict[str, Any] | None:
        if run.application_id not in self._applications:
            return None
        return {"request": run.request, "made_of": run.made_of, **_members(run, OF_RUN)}

    def forget_all(self) -> None:
        """Delete every document of the back end."""
        for kind in (APPLICATIONS, RUNS):
            for name in self._documents.names(self._scope, kind):
                self._documents.keep(self._scope, kind, name, lambda: None)


def _members(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def restore(documents: Documents, backends: Any) -> None:
    """Make everything of earlier servers again; what cannot be made is said in the log and left out."""
    for kind, make in ((APPLICATIONS, _restore_application), (RUNS, _restore_run)):
        for found in documents.all(kind):
            try:
                make(backends[found.scope.account][found.scope.region], found.value)
            except Exception:
                log.exception("%s %s is not known any more", kind, "/".join(found.name))


def _restore_application(backend: "ExecutingServerlessBackend", value: dict[str, Any]) -> None:
    application = backend.make_application(value["request"], value["made_of"])
    for name in OF_APPLICATION:
        setattr(application, name, value[name])
    backend.remember("", application.client_token, value["request"], application)
    backend.applications[application.id] = application


def _restore_run(backend: "ExecutingServerlessBackend", value: dict[str, Any]) -> None:
    application = backend.applications[value["made_of"]["application_id"]]
    run = backend.make_run(application, value["request"], value["made_of"])
    for name in OF_RUN:
        setattr(run, name, value[name])
    if run.state in states.UNFINISHED:
        run.state, run.state_details = ("CANCELLED", "") if run.state == "CANCELLING" else ("FAILED", LOST)
        run.ended_at = run.updated_at = run.attempt_updated_at = utcnow()
    application.runs.append(run)
    backend.remember(application.id, run.client_token, value["request"], run)
    backend.persistence.save_run(run)
