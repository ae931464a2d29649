"""The EMR requests that moto lacks or answers otherwise than AWS."""

import threading

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.core.utils import get_pagination_model, get_service_model
from moto.emr.exceptions import ValidationException

from local_aws.constraints import constraint_message
from local_aws.emr.instances import Fleet
from local_aws.emr.notebooks.responses import NotebookResponse
from local_aws.emr.requests import (
    check_added_steps,
    check_cluster_request,
    check_concurrency,
    check_idle_timeout,
    check_scaling_policy,
)
from local_aws.parameters import plain

# https://docs.aws.amazon.com/emr/latest/APIReference/API_ListClusters.html: "a list of 50 clusters"
PAGE = 50
for operation in ("ListClusters", "ListSteps"):
    get_pagination_model("emr")[operation]["limit_default"] = PAGE


class EmrResponse(NotebookResponse):
    """Answers EMR requests."""

    def call_action(self) -> tuple[int, dict[str, str], str | bytes]:
        """Answer a request, if its members are what the service's model allows."""
        operation = get_service_model("emr").operation_model(self._get_action())
        message = constraint_message(operation.input_shape, plain(self.params))
        if message is None:
            return super().call_action()
        status, headers, body = self.serialized(ActionResult(ValidationException(message)))
        return status, {**headers, "status": str(status)}, body

    def run_job_flow(self) -> ActionResult:
        """Make the cluster as moto does, add what moto passes over, and let it run."""
        policy, scaling = self._idle_policy(), plain(self._get_param("ManagedScalingPolicy"))
        check_cluster_request(plain(self.params), self.backend.list_release_labels())
        check_scaling_policy(scaling or {})
        try:
            answer = super().run_job_flow()
            cluster = self.backend.clusters[str(answer.result["JobFlowId"])]  # type: ignore[index]
            cluster.fleets = [Fleet(cluster, item) for item in plain(self._get_param("Instances.InstanceFleets", []))]
        except Exception:
            self.backend.discard_unlaunched(threading.get_ident())
            raise
        cluster.auto_termination_policy = policy
        cluster.managed_scaling_policy = scaling
        self.backend.launch(cluster, plain(self.params))
        return answer

    def add_job_flow_steps(self) -> ActionResult:
        """Add steps, if the cluster takes such."""
        cluster = self._cluster("JobFlowId")
        check_added_steps(plain(self._get_param("Steps", [])), cluster.step_concurrency_level)
        return super().add_job_flow_steps()

    def modify_cluster(self) -> ActionResult:
        """Change how many steps run at once."""
        level = self._get_param("StepConcurrencyLevel")
        check_concurrency(level if level is not None else 1)
        return super().modify_cluster()

    def set_keep_job_flow_alive_when_no_steps(self) -> EmptyResult:
        """Let clusters end, or not, when they have nothing left to do."""
        for cluster_id in self._get_param("JobFlowIds"):
            cluster = self.backend.clusters[cluster_id]
            with cluster.changed:
                cluster.keep_job_flow_alive_when_no_steps = self._get_param("KeepJobFlowAliveWhenNoSteps")
                cluster.changed.notify_all()
        return EmptyResult()

    def list_security_configurations(self) -> ActionResult:
        """List the names of security configurations."""
        found = self.backend.security_configurations.values()
        return PaginatedResult(
            {"SecurityConfigurations": [{"Name": i.name, "CreationDateTime": i.creation_date_time} for i in found]}
        )

    def cancel_steps(self) -> ActionResult:
        """Cancel pending and running steps; running ones end by SIGTERM, or by SIGKILL with TERMINATE_PROCESS."""
        answers = self.backend.cancel_steps(
            self._get_param("ClusterId"),
            self._get_param("StepIds", []),
            kill=self._get_param("StepCancellationOption") == "TERMINATE_PROCESS",
        )
        return ActionResult({"CancelStepsInfoList": answers})

    def put_auto_termination_policy(self) -> EmptyResult:
        """Set the idle timeout."""
        self.backend.set_auto_termination(self._get_param("ClusterId"), self._idle_policy())
        return EmptyResult()

    def get_auto_termination_policy(self) -> ActionResult:
        """Return the idle timeout."""
        policy = self.backend.clusters[self._get_param("ClusterId")].auto_termination_policy
        return ActionResult({"AutoTerminationPolicy": policy} if policy else {})

    def remove_auto_termination_policy(self) -> EmptyResult:
        """Remove the idle timeout."""
        self.backend.set_auto_termination(self._get_param("ClusterId"), None)
        return EmptyResult()

    def _idle_policy(self) -> dict[str, int] | None:
        policy: dict[str, int] | None = plain(self._get_param("AutoTerminationPolicy"))
        if policy:
            check_idle_timeout(policy)
        return policy or None
