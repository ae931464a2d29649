"""What happens to a cluster before it takes steps: its bootstrap actions, on behalf of the master."""

from collections.abc import Callable, Mapping

from local_aws.emr.cluster import RunningCluster
from local_aws.emr.commands import NOT_EXECUTABLE
from local_aws.emr.logs import log_address, publish
from local_aws.runtime import Runtime, Workspace


class Bootstrap:
    """The bootstrap of one cluster. ``finish`` runs a command to its end and returns its exit code."""

    def __init__(
        self,
        cluster: RunningCluster,
        runtime: Runtime,
        defaults: Mapping[str, str],
        finish: Callable[[list[str], Workspace], int],
    ) -> None:
        self._cluster = cluster
        self._runtime = runtime
        self._defaults = defaults
        self._finish = finish

    def run(self) -> bool:
        """Run the bootstrap actions in turn; the first that fails ends the cluster."""
        cluster = self._cluster
        if self._runtime.faults.take("bootstrap-failure", cluster=(cluster.id, cluster.name)):
            self._failed(f"On the master instance ({cluster.master_instance_id}), application provisioning failed")
        for number, action in enumerate(cluster.bootstrap_actions, start=1):
            if cluster.ending:
                break
            message = self._action(number, action.script_path or "", list(action.args or []))
            if message:
                self._failed(message)
        return not cluster.ending

    def _failed(self, message: str) -> None:
        self._cluster.end("BOOTSTRAP_FAILURE", message=message, state="TERMINATED_WITH_ERRORS")

    def _action(self, number: int, path: str, args: list[str]) -> str | None:
        """Run one action and return what went wrong."""
        cluster, runtime = self._cluster, self._runtime
        instance = cluster.master_instance_id
        workspace = runtime.workspace("emr", cluster.id, "bootstrap-actions", str(number), role=cluster.job_flow_role)
        try:
            runtime.configure(workspace, self._defaults, engine=cluster.engine.properties())
            code = self._finish(runtime.script_argv(path, args, workspace), workspace)
        except NOT_EXECUTABLE as error:
            workspace.note(f"ERROR {error}")
            return (
                f"Master instance ({instance}) failed attempting to download bootstrap action {number} "
                f"file from S3: {error}"
            )
        finally:
            place = ("node", instance, "bootstrap-actions", str(number))
            publish(runtime.store, log_address(cluster.log_uri, cluster.id, *place), workspace)
            runtime.store.forget()
        if code == 0:
            return None
        return f"On the master instance ({instance}), bootstrap action {number} returned a non-zero return code"
