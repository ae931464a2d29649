"""A version of a model on every service that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from penstock.deployment import Deployment, Service
from penstock_waits.served import ServiceError, under_way, versions_of
from penstock_waits.tables import version_served
from workflow.operators.waiting import Waiting, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome

Asked = dict[str, str]
"""A reload that was asked for: `service`, `conn_id`, `reload_id`, `version`."""


class ReloadServicesOperator(Waiting, BaseOperator):
    """Tells every service of a model to load a bundle, and waits until all of their workers serve it.

    All are told before the first is waited for; deferred, the wait holds no worker slot. A service that serves the
    version already is not told again, so that a retry does only what is left. Returns the names of the services.
    """

    template_fields: Sequence[str] = ("model", "wanted")

    def __init__(
        self,
        *,
        model: str,
        wanted: Any,
        poll_seconds: float,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        """`wanted` is a bundle's location for all services, or what each service served before, by its name."""
        super().__init__(**kwargs)
        self.model, self.wanted = model, wanted
        self.poll_seconds, self.deferrable = poll_seconds, deferrable
        self.aws_conn_id = self.region_name = self.botocore_config = None

    def execute(self, context: Context) -> list[str]:
        """Tell them all, then wait for each."""
        services = services_of(Deployment.load(), self.model)
        asked = [each for each in map(self._tell, services) if each]
        return self._wait_for(asked)

    def resume(self, context: Context, event: Mapping[str, Any] | None, asked: list[Asked]) -> list[str]:
        """The trigger has fired for the first of them."""
        self._conclude(asked[0], outcome_of(event))
        return self._wait_for(asked[1:])

    def client(self, service: str) -> Any:
        """What the wait in the worker asks."""
        from penstock_waits.services import Reloads  # noqa: PLC0415 - httpx is slow to import

        return Reloads()

    def _wait_for(self, asked: list[Asked]) -> list[str]:
        for place, each in enumerate(asked):
            wait = version_served(
                each["conn_id"],
                each["reload_id"],
                model=self.model,
                version=each["version"],
                deadline=self.deadline(),
                poll_seconds=self.poll_seconds,
            )
            self._conclude(each, self.wait(wait, asked=asked[place:]))
        return [each.name for each in services_of(Deployment.load(), self.model)]

    def _tell(self, service: Service) -> Asked | None:
        """Ask for the reload; None if there is nothing to wait for."""
        from penstock_waits.services import ServiceClient  # noqa: PLC0415 - as above

        version, bundle_uri = self._wanted_of(service)
        if not bundle_uri:
            self.log.info("%s served no version of %s before: it is left as it is", service.name, self.model)
            return None
        try:
            with ServiceClient.connect(service.conn_id) as client:
                listing = client.models()
                if versions_of(listing, self.model) == {version}:
                    self.log.info("%s serves version %s of %s already", service.name, version, self.model)
                    return None
                reload_id = under_way(listing, bundle_uri) or client.reload(bundle_uri)
        except ServiceError as error:
            raise AirflowException(unreachable(service, error)) from error
        self.log.info("%s is told to load %s: reload %s", service.name, bundle_uri, reload_id)
        return {"service": service.name, "conn_id": service.conn_id, "reload_id": reload_id, "version": version}

    def _wanted_of(self, service: Service) -> tuple[str, str]:
        """Version and location of the bundle that a service is to serve."""
        if isinstance(self.wanted, str):
            return self.wanted.rstrip("/").rpartition("/")[2], self.wanted
        before = (self.wanted or {}).get(service.name, {})
        return before.get("version", ""), before.get("bundle_uri", "")

    def _conclude(self, asked: Asked, outcome: Outcome) -> None:
        if outcome.ended == "success":
            self.log.info("All workers of %s serve version %s", asked["service"], asked["version"])
            return
        waited = f" within {self.execution_timeout}" if outcome.ended == "timeout" else ""
        raise AirflowException(
            f"{asked['service']} does not serve version {asked['version']} of {self.model}{waited}: its reload is "
            f"{outcome.state}. {outcome.reason or 'The service gave no reason.'}"
        )


def services_of(deployment: Deployment, model: str) -> list[Service]:
    """The services of a model; skips the task where there is none."""
    found = deployment.services_of(model)
    if not found:
        raise AirflowSkipException(
            f"No service of this deployment serves {model}: name one in its `services` to have it reloaded."
        )
    return found


def unreachable(service: Service, error: ServiceError) -> str:
    """What to do about a service that does not answer, or refuses."""
    remedy = (
        "Is it running, and is the host of its Airflow connection right?"
        if error.passing
        else "Is the password of its Airflow connection a key of the role admin, and do its roots allow the bundle?"
    )
    return f"{service.name} (connection {service.conn_id}): {error}. {remedy} Then clear this task"
