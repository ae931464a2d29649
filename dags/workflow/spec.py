"""What a data scientist may decide, as frozen models of the YAML beside the DAG.

Bounds are the jobs' own: a value that a job would refuse in an hour is refused when the file is parsed.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from penstock.als import PARAMETERS
from penstock.errors import did_you_mean
from penstock.gate import GateMode, Threshold
from penstock.jobs import (
    CleanRatingsArgs,
    EvaluateArgs,
    Objective,
    ScoreArgs,
    SeenItems,
    SourceFormat,
    SplitArgs,
    SplitMethod,
)
from workflow.compute.spec import Compute
from workflow.values import Cell, Minutes, Values

if TYPE_CHECKING:
    from penstock.arguments import JobArgs

Metric = Literal["ndcg_at_k", "precision_at_k", "recall_at_k", "map_at_k", "rmse", "mae", "coverage"]
LOWER_IS_BETTER = frozenset({"rmse", "mae"})


def _searchable(name: str) -> Any:
    return Field(ge=PARAMETERS[name].low, le=PARAMETERS[name].high)


def _argument(job: type[JobArgs], name: str) -> Any:
    """The range of a job's argument."""
    metadata = next(each.metadata for each in fields(job) if each.name == name)
    return Field(ge=metadata["minimum"], le=metadata["maximum"])


class Source(Values):
    """The raw data."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    format: SourceFormat
    max_bad_ratio: float = _argument(CleanRatingsArgs, "max_bad_ratio")


class Split(Values):
    """The held-out rows."""

    method: SplitMethod
    test_fraction: float = _argument(SplitArgs, "test_fraction")
    validation_fraction: float = _argument(SplitArgs, "validation_fraction")
    seed: int


class Grid(Values):
    """Values to try for each parameter of ALS, by MLlib's names and in MLlib's ranges."""

    rank: list[Annotated[int, _searchable("rank")]] = Field(min_length=1)
    regParam: list[Annotated[float, _searchable("regParam")]] = Field(min_length=1)  # noqa: N815 - MLlib's name
    alpha: list[Annotated[float, _searchable("alpha")]] | None = Field(default=None, min_length=1)
    maxIter: list[Annotated[int, _searchable("maxIter")]] = Field(min_length=1)  # noqa: N815

    def to_json(self) -> str:
        """The grid as the training job takes it."""
        return self.model_dump_json(exclude_none=True)


class GateRule(Values):
    """What one metric must reach for promotion."""

    metric: Metric
    bound: float | None = None
    min_gain: float | None = 0.0
    beat_baseline: bool = True

    def threshold(self) -> Threshold:
        """The rule as the gate takes it."""
        return Threshold(
            metric=self.metric,
            higher_is_better=self.metric not in LOWER_IS_BETTER,
            bound=self.bound,
            min_gain=self.min_gain,
            beat_baseline=self.beat_baseline,
        )


class Model(Values):
    """One model that the workflow trains, judges and registers."""

    objective: Objective
    grid: Grid
    k: int = _argument(EvaluateArgs, "k")
    relevance_threshold: float = Field(ge=0)
    gate: list[GateRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _alpha_is_for_ranking(self) -> Model:
        if self.objective is Objective.RATING and self.grid.alpha is not None:
            raise ValueError("grid.alpha has no effect on objective 'rating'; remove it or train for 'ranking'")
        return self


class Scoring(Values):
    """Batch scoring."""

    model: str
    top_k: int = _argument(ScoreArgs, "k")
    seen_items: SeenItems


class Glue(Values):
    """The Glue job's size."""

    version: Literal["5.0", "5.1"]
    worker_type: Literal["G.025X", "G.1X", "G.2X", "G.4X", "G.8X"]
    workers: int = Field(ge=2, le=299)


class Timeouts(Values):
    """How long each kind of task may take."""

    input: Minutes
    bookkeeping: Minutes
    clean: Minutes
    cluster: Minutes
    train: Minutes
    evaluate: Minutes
    score: Minutes


class MovieRecommender(Compute):
    """The values of the workflow `movie_recommender`."""

    owner: Cell
    tags: list[Cell]
    schedule: str | None
    retries: int = Field(ge=0, le=10)
    retry_delay_seconds: int = Field(ge=0, le=86_400)
    source: Source
    split: Split
    models: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Model] = Field(min_length=1)
    gate_mode: GateMode
    scoring: Scoring
    glue: Glue
    timeouts: Timeouts

    @field_validator("scoring", mode="after")
    @classmethod
    def _scores_a_ranking_model(cls, scoring: Scoring, info: ValidationInfo) -> Scoring:
        models: dict[str, Model] = info.data.get("models", {})
        if models and scoring.model not in models:
            raise ValueError(f"model {scoring.model!r} is not trained; {did_you_mean(scoring.model, models)}")
        if models and models[scoring.model].objective is not Objective.RANKING:
            raise ValueError(f"model {scoring.model!r} is trained for 'rating'; a top-k list needs objective 'ranking'")
        return scoring

    @property
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, were every model trained after the other and nothing retried."""
        limits = self.timeouts
        per_model = limits.train + limits.evaluate + 2 * limits.bookkeeping
        return limits.cluster + len(self.models) * per_model + limits.score
