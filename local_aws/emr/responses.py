"""The EMR requests that moto lacks or answers otherwise than AWS."""

import threading
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.emr.exceptions import ValidationException
from moto.emr.models import emr_backends as motos_backends
from moto.emr.responses import ElasticMapReduceResponse

from local_aws.emr.backend import EmrBackend

IDLE_SECONDS = (60, 604_800)


def plain(value: Any) -> Any:
    """Return a parsed parameter as the dict that the client sent."""
    return value.original_dict() if hasattr(value, "original_dict") else value


class EmrResponse(ElasticMapReduceResponse):
    """Answers EMR requests."""

    backends: Any = motos_backends

    @property
    def backend(self) -> EmrBackend:
        """The back end of the request's account and region."""
        found: EmrBackend = self.backends[self.current_account][self.region]
        return found

    def run_job_flow(self) -> ActionResult:
        """Make the cluster as moto does, add what moto passes over, and let it run."""
        policy = self._idle_policy()
        try:
            answer = super().run_job_flow()
        except Exception:
            self.backend.discard_unlaunched(threading.get_ident())
            raise
        cluster = self.backend.clusters[str(answer.result["JobFlowId"])]  # type: ignore[index]
        cluster.auto_termination_policy = policy
        cluster.managed_scaling_policy = plain(self._get_param("ManagedScalingPolicy"))
        if self._get_param("Instances.InstanceFleets"):
            cluster.instance_collection_type = "INSTANCE_FLEET"
        self.backend.launch(cluster)
        return answer

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
        if not policy:
            return None
        low, high = IDLE_SECONDS
        if not low <= policy["IdleTimeout"] <= high:
            raise ValidationException(f"The idle timeout must be between {low} and {high} seconds.")
        return policy

    def put_managed_scaling_policy(self) -> EmptyResult:
        """Remember the policy; nothing scales."""
        cluster = self.backend.clusters[self._get_param("ClusterId")]
        cluster.managed_scaling_policy = plain(self._get_param("ManagedScalingPolicy"))
        return EmptyResult()

    def get_managed_scaling_policy(self) -> ActionResult:
        """Return the policy."""
        policy = self.backend.clusters[self._get_param("ClusterId")].managed_scaling_policy
        return ActionResult({"ManagedScalingPolicy": policy} if policy else {})

    def remove_managed_scaling_policy(self) -> EmptyResult:
        """Forget the policy."""
        self.backend.clusters[self._get_param("ClusterId")].managed_scaling_policy = None
        return EmptyResult()
