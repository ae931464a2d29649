"""The EMR Serverless requests that moto answers otherwise than AWS."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.emrserverless.models import emrserverless_backends as motos_backends
from moto.emrserverless.responses import EMRServerlessResponse

from local_aws.emr_serverless.backend import ExecutingServerlessBackend
from local_aws.parameters import plain

OF_APPLICATION = (
    *("name", "releaseLabel", "clientToken", "initialCapacity", "maximumCapacity", "tags"),
    *("autoStartConfiguration", "autoStopConfiguration", "networkConfiguration"),
)
OF_JOB_RUN = (
    *("applicationId", "clientToken", "executionRoleArn", "jobDriver", "configurationOverrides", "tags"),
    *("executionTimeoutMinutes", "name"),
)


class ServerlessResponse(EMRServerlessResponse):
    """Answers EMR Serverless requests."""

    backends: Any = motos_backends

    @property
    def emrserverless_backend(self) -> ExecutingServerlessBackend:
        """The back end of the request's account and region."""
        found: ExecutingServerlessBackend = self.backends[self.current_account][self.region]
        return found

    def _request(self) -> dict[str, Any]:
        """Return the request's parameters as the client sent them."""
        return {**(self.uri_match or {}), **plain(self.params)}

    def create_application(self) -> ActionResult:
        """Create an application, once per client token."""
        request = self._request()
        values = {camelcase_to_underscores(key): request.get(key) for key in OF_APPLICATION}
        kind = str(request.get("type")).upper()
        application = self.emrserverless_backend.create_application_once(request, application_type=kind, **values)
        return ActionResult({"applicationId": application.id, "name": application.name, "arn": application.arn})

    def update_application(self) -> ActionResult:
        """Change an application as moto does, and what moto passes over."""
        answer = super().update_application()
        request = self._request()
        self.emrserverless_backend.get_application(request["applicationId"]).configure(request)
        return answer

    def start_job_run(self) -> ActionResult:
        """Start a job run, once per client token."""
        request = self._request()
        values = {camelcase_to_underscores(key): request.get(key) for key in OF_JOB_RUN}
        run = self.emrserverless_backend.start_job_run_once(request, **values)
        return ActionResult({"applicationId": run.application_id, "jobRunId": run.id, "arn": run.arn})
