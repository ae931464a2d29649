"""What a step or bootstrap action means as a command of this machine."""

from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.runtime import Runtime, Workspace
from local_aws.s3 import ObjectStoreError
from local_aws.spark import MACHINE_VARIABLES, NoSparkError

COMMAND_RUNNER = "command-runner.jar"
SCRIPT_RUNNER = "script-runner.jar"
DEBUGGING = "state-pusher-script"
"""EMR's own program, which `--enable-debugging` makes the first step; there is no such log index here."""


class UnsupportedStepError(Exception):
    """A step of a kind that is not executed here."""


NOT_EXECUTABLE = (UnsupportedStepError, NoSparkError, ObjectStoreError, OSError)


def spark_defaults(configurations: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the properties of a cluster's ``spark-defaults`` classification."""
    return _properties(configurations, "spark-defaults")


def exported_variables(configurations: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the variables that ``spark-env`` exports, without those that say where AWS's machines keep things."""
    found: dict[str, str] = {}
    for configuration in configurations:
        if configuration.get("Classification") == "spark-env":
            found |= _properties(configuration.get("Configurations") or [], "export")
    return {name: value.strip('"') for name, value in found.items() if name not in MACHINE_VARIABLES}


def _properties(configurations: Sequence[Mapping[str, Any]], classification: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for configuration in configurations:
        if configuration.get("Classification") == classification:
            found |= configuration.get("Properties") or {}
    return found


def step_argv(
    jar: str,
    args: Sequence[str],
    *,
    runtime: Runtime,
    workspace: Workspace,
    defaults: Mapping[str, str],
    engine: Mapping[str, str],
) -> list[str]:
    """Return the command of a step; raise UnsupportedStepError for a JAR that is not one of EMR's runners."""
    name = jar.rpartition("/")[2]
    if name not in {COMMAND_RUNNER, SCRIPT_RUNNER}:
        raise UnsupportedStepError(f"only {COMMAND_RUNNER} and {SCRIPT_RUNNER} are executed here, not {jar}")
    if not args:
        raise UnsupportedStepError(f"{name} needs arguments: the command to run")
    if name == COMMAND_RUNNER and args[0] == "spark-submit":
        return runtime.submit_argv(args[1:], workspace, defaults, engine)
    if name == COMMAND_RUNNER and args[0] == DEBUGGING:
        return ["true"]
    runtime.configure(workspace, defaults, engine=engine)  # for a spark-submit inside the command
    return list(args) if name == COMMAND_RUNNER else runtime.script_argv(args[0], args[1:], workspace)
