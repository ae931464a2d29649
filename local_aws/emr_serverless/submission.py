"""What a job driver and its configuration mean as a spark-submit command line."""

import itertools
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.spark import MACHINE_VARIABLES

DRIVER_ENVIRONMENT = "spark.emr-serverless.driverEnv."
DEFAULTS = "spark-defaults"


class UnsupportedJobError(Exception):
    """A job of a kind that is not executed here."""


def submit_args(driver: Mapping[str, Any] | None) -> list[str]:
    """Return spark-submit's arguments; raise UnsupportedJobError for a job that is not one of Spark's."""
    submit = (driver or {}).get("sparkSubmit")
    if not submit:
        raise UnsupportedJobError(f"only sparkSubmit job drivers are executed here, not {sorted(driver or {})}")
    parameters = shlex.split(submit.get("sparkSubmitParameters") or "")
    return [*parameters, submit["entryPoint"], *(submit.get("entryPointArguments") or [])]


def spark_defaults(*levels: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the properties of the ``spark-defaults`` classifications, of which later levels win."""
    found: dict[str, str] = {}
    for level in levels:
        for configuration in level:
            if configuration.get("classification") == DEFAULTS:
                found |= configuration.get("properties") or {}
    return found


def conf_options(args: Sequence[str]) -> dict[str, str]:
    """Return the properties that ``--conf`` options give."""
    pairs = [value.partition("=") for name, value in itertools.pairwise(args) if name == "--conf"]
    return {key: value for key, _, value in pairs}


def driver_environment(properties: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that properties give the driver, without those that say where AWS keeps its parts."""
    named = {
        key.removeprefix(DRIVER_ENVIRONMENT): value
        for key, value in properties.items()
        if key.startswith(DRIVER_ENVIRONMENT)
    }
    return {key: value for key, value in named.items() if key not in MACHINE_VARIABLES}
