"""Job runs that AWS meters itself: Glue in DPU-hours, EMR Serverless in vCPU-, memory- and storage-hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from penstock.cost import CostLine
    from workflow.cost.prices import Item, Prices

JobRun = dict[str, Any]
"""`JobRun` of Glue's GetJobRun, or `jobRun` of EMR Serverless's."""
DPUS = {"Standard": 1.0, "G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0}
"""DPUs of a worker (Glue API, JobRun.WorkerType). Memory-optimised workers have a price of their own: not here."""
GLUE_MINIMUM_SECONDS = 60
"""Glue 2.0 and later bill by the second, at least a minute (AWS Glue pricing)."""
SECOND_GENERATION = 6
"""Glue 6.0 and later have their own price of a DPU-hour, usage type ETL-DPU-Hour-Gen2."""
GLUE_ENDED = frozenset({"STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "EXPIRED"})
SERVERLESS_ENDED = frozenset({"SUCCESS", "FAILED", "CANCELLED"})
METERS = {"vCPUHour": "vCPU", "memoryGBHour": "memory GB", "storageGBHour": "storage GB"}


@dataclass(frozen=True, kw_only=True)
class ServerlessRun:
    """A job run and its application's architecture, on which the price depends."""

    run: JobRun
    architecture: str
    """`X86_64` or `ARM64`, from GetApplication."""


def metered_items(glue: Sequence[JobRun], serverless: Sequence[ServerlessRun]) -> Iterator[Item]:
    """Every price that these runs need."""
    yield from (_glue_item(run) for run in glue)
    yield from (_meter(each, key) for each in serverless for key in METERS)


def glue_lines(runs: Sequence[JobRun], prices: Prices) -> list[CostLine]:
    """One line for each run."""
    return [
        prices.line(_glue_item(run), name=f"{run['JobName']} {run['Id']}", count=1, quantity=dpu_hours(run))
        for run in runs
    ]


def serverless_lines(runs: Sequence[ServerlessRun], prices: Prices) -> list[CostLine]:
    """Three lines for each run, from what AWS billed: workers' minimum minute and storage above 20 GB are in it.

    EMR Serverless says what it billed only after the run; until then, what was used stands in.
    """
    lines = []
    for each in runs:
        used = each.run.get("billedResourceUtilization") or each.run.get("totalResourceUtilization") or {}
        name = f"{each.run.get('name') or 'job'} {each.run['jobRunId']}"
        lines += [prices.line(_meter(each, key), name=name, count=1, quantity=used.get(key, 0.0)) for key in METERS]
    return lines


def dpu_hours(run: JobRun) -> float:
    """DPU-hours of a Glue run: as metered with autoscaling and flexible runs, else its time by its size."""
    metered = run.get("DPUSeconds")
    if metered is not None:
        return float(metered) / 3600
    seconds = run.get("ExecutionTime", 0)
    return max(seconds, GLUE_MINIMUM_SECONDS) * _dpus(run) / 3600 if seconds else 0.0


def is_running(glue: Sequence[JobRun], serverless: Sequence[ServerlessRun]) -> bool:
    """Whether anything of this has not ended."""
    return any(run["JobRunState"] not in GLUE_ENDED for run in glue) or any(
        each.run["state"] not in SERVERLESS_ENDED for each in serverless
    )


def _dpus(run: JobRun) -> float:
    workers = DPUS.get(run.get("WorkerType", ""), 0.0) * run.get("NumberOfWorkers", 0)
    return workers or float(run.get("MaxCapacity", 0.0))


def _glue_item(run: JobRun) -> Item:
    """`DPU`, `flexible DPU`, and for Glue 6.0 and later `second-generation DPU`; a worker of no known size by name."""
    worker = run.get("WorkerType")
    if worker is not None and worker not in DPUS:
        return ("glue", f"worker {worker}")
    major = int(str(run.get("GlueVersion", "0")).split(".")[0])
    flexible = "flexible " if run.get("ExecutionClass") == "FLEX" else ""
    return ("glue", f"{flexible}second-generation DPU" if major >= SECOND_GENERATION else f"{flexible}DPU")


def _meter(each: ServerlessRun, key: str) -> Item:
    """Storage has one price for both architectures."""
    meter = METERS[key]
    return ("emr_serverless", meter if key == "storageGBHour" else f"{each.architecture} {meter}")
