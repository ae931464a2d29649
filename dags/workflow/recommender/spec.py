"""What a data scientist may decide about a recommender, as frozen models of its YAML.

Bounds are the jobs' own: a value that a job would refuse in an hour is refused when the file is parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from penstock.als import PARAMETERS
from penstock.errors import did_you_mean
from penstock.jobs import (
    CleanRatingsArgs,
    Engine,
    EvaluateArgs,
    Objective,
    ScoreArgs,
    SeenItems,
    SourceFormat,
    SplitArgs,
    SplitMethod,
)
from workflow.checking.spec import Checks
from workflow.publishing.spec import Serving
from workflow.spec import GateRule, ModelName, Timeouts, Workflow, argument
from workflow.tables.spec import Tables
from workflow.values import Minutes, Values

if TYPE_CHECKING:
    from penstock.gate import Threshold

Metric = Literal[
    "ndcg_at_k",
    "precision_at_k",
    "recall_at_k",
    "map_at_k",
    "mrr_at_k",
    "diversity_at_k",
    "novelty_at_k",
    "popularity_bias_at_k",
    "coverage",
    "rmse",
    "mae",
]
LOWER_IS_BETTER = frozenset({"rmse", "mae", "popularity_bias_at_k"})
"""Popularity bias is best at 0, but what a gate guards against is a model that is more popular than its users."""


def _searchable(name: str) -> Any:
    return Field(ge=PARAMETERS[name].low, le=PARAMETERS[name].high)


class Source(Values):
    """The raw data."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    format: SourceFormat
    """`csv`, or `dat` for the older files separated by `::`. (form)"""
    max_bad_ratio: float = argument(CleanRatingsArgs, "max_bad_ratio")


class Split(Values):
    """The held-out rows."""

    method: SplitMethod
    """`random` by a seeded hash of user and movie, `temporal` by time, `timestamp_mod` as the classic protocol has
    it. (form)"""
    test_fraction: float = argument(SplitArgs, "test_fraction")
    validation_fraction: float = argument(SplitArgs, "validation_fraction")
    seed: int


class Grid(Values):
    """Values to try for each parameter of ALS, by MLlib's names and in MLlib's ranges."""

    rank: list[Annotated[int, _searchable("rank")]] = Field(min_length=1)
    """Number of factors."""
    regParam: list[Annotated[float, _searchable("regParam")]] = Field(min_length=1)  # noqa: N815 - MLlib's name
    """Regularisation."""
    alpha: list[Annotated[float, _searchable("alpha")]] | None = Field(default=None, min_length=1)
    """Confidence in a rating, of objective ranking (Hu, Koren, Volinsky 2008)."""
    maxIter: list[Annotated[int, _searchable("maxIter")]] = Field(min_length=1)  # noqa: N815
    """Iterations of ALS."""

    def to_json(self) -> str:
        """The grid as the training job takes it."""
        return self.model_dump_json(exclude_none=True)


class RecommenderRule(GateRule):
    """What one metric of a recommender must reach for promotion."""

    metric: Metric


class Model(Values):
    """One model that the workflow trains, judges and registers."""

    objective: Objective
    """`ranking`: which items a user will choose next, implicit ALS by NDCG@k; `rating`: which rating a user will
    give, explicit ALS by RMSE."""
    engine: Engine = Engine.MLLIB
    """`mllib` on the cluster, `implicit` on the driver."""
    engine_memory_gb: float = Field(default=0.0, ge=0)
    """Of the driver, for `implicit`; 0 for half of its machine's memory."""
    grid: Grid
    k: int = argument(EvaluateArgs, "k")
    """Cut-off of the ranking metrics."""
    relevance_threshold: float = Field(ge=0)
    """A held-out rating is relevant from here on; 0 takes all."""
    gate: list[RecommenderRule] = Field(min_length=1)

    @property
    def thresholds(self) -> list[Threshold]:
        """The rules as the gate takes them."""
        return [rule.threshold(higher_is_better=rule.metric not in LOWER_IS_BETTER) for rule in self.gate]

    @model_validator(mode="after")
    def _alpha_is_for_ranking(self) -> Model:
        if self.objective is Objective.RATING and self.grid.alpha is not None:
            raise ValueError("grid.alpha has no effect on objective 'rating'; remove it or train for 'ranking'")
        return self

    @model_validator(mode="after")
    def _engine_fits_the_objective(self) -> Model:
        if self.engine is Engine.IMPLICIT and self.objective is Objective.RATING:
            raise ValueError("engine 'implicit' ranks and predicts no ratings; use 'mllib' or train for 'ranking'")
        if self.engine is not Engine.IMPLICIT and self.engine_memory_gb:
            raise ValueError("engine_memory_gb has no effect on engine 'mllib'; remove it or use 'implicit'")
        return self


class Scoring(Values):
    """Batch scoring."""

    model: str
    top_k: int = argument(ScoreArgs, "k")
    seen_items: SeenItems
    """Whether rated items may be recommended. (form)"""
    genres: list[str] = Field(default_factory=list)
    available_uri: str = Field(default="", pattern=r"^(s3://\S+)?$")


class RecommenderTimeouts(Timeouts):
    """How long each kind of task may take."""

    check: Minutes
    """The data check."""
    score: Minutes
    """The best items of all users."""
    bundle: Minutes = 60
    """What the service loads."""
    deploy: Minutes = 15
    load: Minutes = 60


class MovieRecommender(Workflow):
    """The values of the workflow `movie_recommender`."""

    source: Source
    split: Split
    checks: Checks
    models: dict[ModelName, Model] = Field(min_length=1)
    scoring: Scoring
    serving: Serving = Field(default_factory=Serving)
    tables: Tables = Field(default_factory=Tables)
    timeouts: RecommenderTimeouts

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
        models = len(self.models) * (limits.train + limits.evaluate + limits.bookkeeping)
        return limits.cluster + models + limits.score + limits.bundle
