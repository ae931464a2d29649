"""What EMR demands of a request beyond the shape of its members, with its own messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.emr.exceptions import InvalidRequestException, ValidationException

from local_aws.engine.base import ENGINES, LOCAL, TAG

MOST_BOOTSTRAP_ACTIONS = 16
STEP_CONCURRENCY = range(1, 257)
IDLE_SECONDS = (60, 604_800)
ALONE_ONLY = frozenset({"CANCEL_AND_WAIT", "TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"})


def check_cluster_request(parameters: Mapping[str, Any], release_labels: Iterable[str]) -> None:
    """Raise ValidationException for a RunJobFlow that EMR rejects."""
    label = parameters.get("ReleaseLabel")
    if label is not None and label not in release_labels:
        raise ValidationException(f"The supplied release label is invalid: {label}.")
    instances = parameters.get("Instances") or {}
    if instances.get("InstanceGroups") and instances.get("InstanceFleets"):
        raise ValidationException("Instance fleets and instance groups are mutually exclusive.")
    _check_roles([item["InstanceRole"] for item in instances.get("InstanceGroups") or []], "instance group")
    _check_roles([item["InstanceFleetType"] for item in instances.get("InstanceFleets") or []], "instance fleet")
    if len(parameters.get("BootstrapActions") or []) > MOST_BOOTSTRAP_ACTIONS:
        raise ValidationException(f"The maximum number of bootstrap actions is {MOST_BOOTSTRAP_ACTIONS}.")
    check_concurrency(parameters.get("StepConcurrencyLevel", 1))
    check_engine({tag["Key"]: tag.get("Value", "") for tag in parameters.get("Tags") or []})


def check_engine(tags: Mapping[str, str]) -> None:
    """Raise ValidationException for an engine that there is not: the one check that AWS does not have."""
    engine = tags.get(TAG, LOCAL)
    if engine not in ENGINES:
        raise ValidationException(f"The tag {TAG} must be one of {', '.join(ENGINES)}, not {engine}.")


def _check_roles(roles: list[str], kind: str) -> None:
    if roles and roles.count("MASTER") != 1:
        raise ValidationException(f"A cluster must have exactly one master {kind}.")
    if roles.count("CORE") > 1:
        raise ValidationException(f"A cluster can have only one core {kind}.")


def check_concurrency(level: int) -> None:
    """Raise ValidationException for a StepConcurrencyLevel that EMR does not have."""
    if level not in STEP_CONCURRENCY:
        low, high = STEP_CONCURRENCY[0], STEP_CONCURRENCY[-1]
        raise ValidationException(f"The value of StepConcurrencyLevel must be between {low} and {high}.")


def check_added_steps(steps: Iterable[Mapping[str, Any]], concurrency: int) -> None:
    """Raise ValidationException for steps that a cluster which runs several at once does not take."""
    for step in steps:
        action = step.get("ActionOnFailure", "TERMINATE_CLUSTER")
        if concurrency > 1 and action in ALONE_ONLY:
            raise ValidationException(
                f"ActionOnFailure {action} is not valid when StepConcurrencyLevel is greater than 1; use CONTINUE."
            )


def check_idle_timeout(policy: Mapping[str, int]) -> None:
    """Raise ValidationException for an idle timeout that EMR does not have."""
    low, high = IDLE_SECONDS
    if not low <= policy["IdleTimeout"] <= high:
        raise ValidationException(f"The idle timeout must be between {low} and {high} seconds.")


def check_scaling_policy(policy: Mapping[str, Any]) -> None:
    """Raise InvalidRequestException for managed scaling whose limits contradict each other."""
    limits = policy.get("ComputeLimits") or {}
    low, high = limits.get("MinimumCapacityUnits", 0), limits.get("MaximumCapacityUnits", 0)
    if low > high:
        raise InvalidRequestException(
            f"Minimum capacity units ({low}) must not be greater than maximum capacity units ({high})."
        )
