"""moto's EMR Serverless with job runs that run."""

from types import SimpleNamespace
from typing import Any

import moto.emrserverless.urls
from moto.core.exceptions import JsonRESTError
from moto.emrserverless.exceptions import AccessDeniedException, ResourceNotFoundException, ValidationException
from moto.emrserverless.models import EMRServerlessBackend

from local_aws.emr_serverless import states
from local_aws.emr_serverless.application import ServerlessApplication
from local_aws.emr_serverless.execution import RunExecution
from local_aws.emr_serverless.job_run import ServerlessRun
from local_aws.emr_serverless.persistence import Persistence
from local_aws.emr_serverless.validation import check_job_run
from local_aws.runtime import Runtime


class ConflictError(JsonRESTError):
    """The request does not fit the state of things."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


class ExecutingServerlessBackend(EMRServerlessBackend):
    """One region of one account."""

    runtime: Runtime

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.applications: dict[str, ServerlessApplication] = {}  # type: ignore[assignment]
        self._tokens: dict[tuple[str, str], tuple[dict[str, Any], Any]] = {}
        self.persistence = Persistence(self, self.runtime.documents)

    @property
    def _url_module(self) -> Any:
        from local_aws.emr_serverless.responses import ServerlessResponse  # noqa: PLC0415 - it needs this module

        paths = dict.fromkeys(moto.emrserverless.urls.url_paths, ServerlessResponse.dispatch)
        return SimpleNamespace(url_bases=moto.emrserverless.urls.url_bases, url_paths=paths)

    def _repeated(self, scope: str, token: str, request: dict[str, Any]) -> Any:
        """Return what an earlier request with this token made; raise ConflictError if it asked for another."""
        earlier, made = self._tokens.get((scope, token), (request, None))
        if earlier != request:
            raise ConflictError(f"Client token {token} was used with other parameters.")
        return made

    def create_application_once(self, request: dict[str, Any], **kwargs: Any) -> ServerlessApplication:
        """Create an application, or return the one that this client token has created."""
        if made := self._repeated("", kwargs["client_token"], request):
            return made  # type: ignore[no-any-return]
        draft = super().create_application(**kwargs)  # validates
        del self.applications[draft.id]
        made_of = {"account_id": self.account_id, "region_name": self.region_name, **kwargs}
        application = self.make_application(request, made_of)
        self.applications[application.id] = application
        self.remember("", application.client_token, request, application)
        self.persistence.save_application(application)
        return application

    def make_application(self, request: dict[str, Any], made_of: dict[str, Any]) -> ServerlessApplication:
        """Return an application; ``made_of`` is what moto's constructor takes."""
        settings = self.runtime.settings
        return ServerlessApplication(
            request=request,
            keep=self.persistence.save_application,
            startup_delay=settings.startup_delay,
            seconds_per_minute=settings.seconds_per_minute,
            **made_of,
        )

    def make_run(
        self, application: ServerlessApplication, request: dict[str, Any], made_of: dict[str, Any]
    ) -> ServerlessRun:
        """Return a job run; ``made_of`` is what moto's constructor takes."""
        return ServerlessRun(changed=application.changed, keep=self.persistence.save_run, request=request, **made_of)

    def remember(self, scope: str, token: str, request: dict[str, Any], made: Any) -> None:
        """Let a repeated request with the same token have what this one has made."""
        self._tokens[scope, token] = request, made

    def reset(self) -> None:
        """Forget everything, as moto's own reset does; what runs is cancelled first."""
        for application in self.applications.values():
            for run in application.unfinished():
                run.cancel()
        self.applications.clear()
        self.persistence.forget_all()
        super().reset()

    def get_application(self, application_id: str) -> ServerlessApplication:
        """Return an application as it is now; raise ResourceNotFoundException if there is none of that id."""
        if application_id not in self.applications:
            raise ResourceNotFoundException(application_id)
        application = self.applications[application_id]
        application.settle()
        return application

    def list_applications(self, states: list[str] | None) -> list[ServerlessApplication]:  # type: ignore[override]
        """Return the applications in these states, or all."""
        found = [self.get_application(application_id) for application_id in self.applications]
        return [application for application in found if not states or application.state in states]

    def start_application(self, application_id: str) -> None:
        """Start an application."""
        self.get_application(application_id).start()

    def stop_application(self, application_id: str) -> None:
        """Stop an application without unfinished job runs."""
        self.get_application(application_id).stop()

    def delete_application(self, application_id: str) -> None:
        """Delete a stopped application."""
        self.get_application(application_id).delete()

    def start_job_run_once(self, request: dict[str, Any], **kwargs: Any) -> ServerlessRun:
        """Start a job run, or return the one that this client token has started."""
        application = self.get_application(kwargs["application_id"])
        token = kwargs["client_token"]
        if made := self._repeated(application.id, token, request):
            return made  # type: ignore[no-any-return]
        check_job_run(request)
        if request["executionRoleArn"].split(":")[4] != self.account_id:
            raise AccessDeniedException("Cross-account pass role is not allowed.")
        self._make_ready(application)
        made_of = {
            "account_id": self.account_id,
            "region_name": self.region_name,
            "release_label": application.release_label,
            "application_type": application.type,
            "network_configuration": application.network_configuration,
            **kwargs,
        }
        run = self.make_run(application, request, made_of)
        with application.changed:
            application.runs.append(run)
            self.remember(application.id, token, request, run)
        self.persistence.save_run(run)
        RunExecution(run, application, self.runtime).launch()
        return run

    @staticmethod
    def _make_ready(application: ServerlessApplication) -> None:
        """Start the application if a job run may; raise as the API does if it may not."""
        if application.state == "TERMINATED":
            raise ValidationException(f"Application {application.id} is terminated. Cannot start job run.")
        automatic: Any = application.auto_start_configuration
        if application.state in states.STARTABLE:
            if not automatic.get("enabled", True):
                raise ConflictError(
                    f"Application {application.id} is {application.state} and does not start automatically."
                )
            application.start()

    def get_job_run(self, application_id: str, job_run_id: str) -> ServerlessRun:
        """Return a job run; raise ResourceNotFoundException if there is none of that id."""
        for run in self.get_application(application_id).runs:
            if run.id == job_run_id:
                return run
        raise ResourceNotFoundException(job_run_id, "JobRun")

    def cancel_job_run(self, application_id: str, job_run_id: str) -> tuple[str, str]:
        """Cancel a job run; one that has ended stays as it is."""
        self.get_job_run(application_id, job_run_id).cancel()
        return application_id, job_run_id

    def list_job_runs(  # type: ignore[override]
        self, application_id: str, created_at_after: Any, created_at_before: Any, states: list[str] | None
    ) -> list[ServerlessRun]:
        """Return the job runs that the filters let through, the newest first."""
        return [
            run
            for run in reversed(self.get_application(application_id).runs)
            if (not states or run.state in states)
            and (not created_at_after or run.created_at > naive(created_at_after))
            and (not created_at_before or run.created_at < naive(created_at_before))
        ]


def naive(moment: Any) -> Any:
    """Return a moment in UTC without its time zone, as moto keeps them."""
    return moment.replace(tzinfo=None) if moment.tzinfo else moment
