"""What a data scientist may decide about any workflow, as frozen models of the YAML beside the DAG.

Bounds are the jobs' own: a value that a job would refuse in an hour is refused when the file is parsed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from penstock.gate import GateMode, Threshold
from workflow.scheduling import Scheduled
from workflow.values import Minutes, Values

if TYPE_CHECKING:
    from penstock.arguments import JobArgs

ModelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""The name of a registered model."""


def argument(job: type[JobArgs], name: str) -> Any:
    """The range of a job's argument."""
    metadata = next(each.metadata for each in fields(job) if each.name == name)
    return Field(ge=metadata["minimum"], le=metadata["maximum"])


class GateRule(Values):
    """What one metric must reach for promotion."""

    metric: str
    """One of the problem's, measured on held-out rows."""
    bound: float | None = None
    """The least that is accepted, or the most where less is better, whatever the champion has."""
    min_gain: float | None = 0.0
    """Against the champion, relative: -0.02 forgives two per cent less; null does not compare."""
    beyond_noise: bool = False
    """Whether min_gain is asked of the whole confidence interval, not of the measured gain."""
    beat_baseline: bool = True
    """Whether the trivial baselines must be beaten."""

    def threshold(self, *, higher_is_better: bool) -> Threshold:
        """The rule as the gate takes it."""
        return Threshold(**self.model_dump(), higher_is_better=higher_is_better)


class Glue(Values):
    """The size of the Glue jobs."""

    version: Literal["5.0", "5.1"]
    """Glue's: 5.1 has Spark 3.5.6 and Python 3.11."""
    worker_type: Literal["G.025X", "G.1X", "G.2X", "G.4X", "G.8X"]
    """Size of a worker."""
    workers: int = Field(ge=2, le=299)
    """Workers of each job run."""


class Timeouts(Values):
    """How long each kind of task may take."""

    input: Minutes
    bookkeeping: Minutes
    """Catalogue, registry, gate."""
    clean: Minutes
    """The Glue job that cleans."""
    cluster: Minutes
    train: Minutes
    """One model, from its first step on."""
    evaluate: Minutes
    """Judging one model."""
    approve: Minutes


class Workflow(Scheduled, ABC):
    """The values that every workflow has that learns."""

    gate_mode: GateMode
    """`enabled` promotes only models that pass, `approval` also asks a person, `dry_run` checks, records and
    promotes, `disabled` does not check. (form)"""
    glue: Glue
    timeouts: Timeouts
    models: Any
    """By the name in the registry; what one is, the kind of workflow knows."""

    @property
    @abstractmethod
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, were each done after the other and nothing retried."""
