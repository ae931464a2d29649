"""Whether an application's maximumCapacity has room for a job's driver and one executor.

Defaults: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html#spark-defaults (4 cores,
14 GB, memory overhead 10% and at least 384 MB).
"""

import re
from collections.abc import Mapping
from typing import Any

DEFAULT_CORES = 4
DEFAULT_MEMORY = "14G"
OVERHEAD, LEAST_OVERHEAD_GB = 0.1, 0.375
UNITS = {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1.0, "t": 1024.0}
AMOUNT = re.compile(r"([0-9.]+)\s*([kmgt]?)", re.IGNORECASE)
EXCEEDED = (
    "Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: "
    "ApplicationMaxCapacityExceededException: Worker could not be allocated as the application has exceeded "
    "maximumCapacity settings: [{}]."
)


def amount(text: str) -> float:
    """Return a capacity's number, in GB where it has a unit (``"2 vCPU"``, ``"512m"``, ``"14G"``)."""
    found = AMOUNT.match(str(text).strip())
    if found is None:
        return 0.0
    return float(found[1]) * UNITS.get(found[2].lower(), 1.0)


def exceeded(properties: Mapping[str, str], maximum: Mapping[str, Any] | None) -> str | None:
    """Return the message of a job that can never get its workers, or nothing if it can."""
    if not maximum:
        return None
    cores = memory = 0.0
    for worker in ("driver", "executor"):
        cores += float(properties.get(f"spark.{worker}.cores", DEFAULT_CORES))
        heap = amount(properties.get(f"spark.{worker}.memory", DEFAULT_MEMORY))
        memory += heap + max(heap * OVERHEAD, LEAST_OVERHEAD_GB)
    if cores > amount(maximum["cpu"]) or memory > amount(maximum["memory"]):
        return EXCEEDED.format(f"cpu: {maximum['cpu']}, memory: {maximum['memory']}")
    return None
