"""The arguments of a recommender's jobs: ALS trained, judged, scored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import JobArgs, arg
from penstock.jobs.reporting import ReportingArgs


class Objective(StrEnum):
    """What a recommender is trained for."""

    RANKING = "ranking"
    """Which items a user will choose next: ALS on implicit feedback (Hu, Koren, Volinsky 2008), compared by NDCG@k."""
    RATING = "rating"
    """Which rating a user will give: ALS on explicit feedback, compared by RMSE."""


class Engine(StrEnum):
    """What fits the factors; the objective, the parameters' meaning and the saved model are the same."""

    MLLIB = "mllib"
    """pyspark.ml's ALS, on the whole cluster."""
    IMPLICIT = "implicit"
    """The library of that name, on the driver, for ratings that fit its memory. It ranks, it does not rate."""


class SplitMethod(StrEnum):
    """How held-out rows are chosen. Every method is a pure function of the rows and the arguments: all jobs agree."""

    RANDOM = "random"
    """By a seeded hash of user and item."""
    TEMPORAL = "temporal"
    """The last ratings by time, cut at quantiles over all rows of all users."""
    TIMESTAMP_MOD = "timestamp_mod"
    """The classic protocol: timestamp % 10 below 6 trains, 6 and 7 validate, 8 and 9 test."""


class SeenItems(StrEnum):
    """What top-k does with items that the user already rated."""

    EXCLUDE = "exclude"
    KEEP = "keep"


class Catalogue(StrEnum):
    """What of a model every task of scoring holds in memory."""

    AUTO = "auto"
    """The items while they are small enough to be broadcast, else users."""
    BROADCAST = "broadcast"
    """All items; users pass by."""
    BLOCKS = "blocks"
    """A shard's users; items pass by in blocks, whatever their number."""


class Relation(StrEnum):
    """What is sought for every item of a model."""

    SIMILAR_ITEMS = "similar_items"
    """The other items whose factors have the largest cosine with its own."""
    USERS = "users"
    """The users with the largest scores for it."""


@dataclass(frozen=True, kw_only=True)
class SplitArgs(JobArgs):
    """The held-out rows, chosen alike by training and evaluation."""

    split_method: str = arg("how held-out rows are chosen", default=SplitMethod.RANDOM.value, choices=list(SplitMethod))
    test_fraction: float = arg("share of rows held out for the test", default=0.2, minimum=0.01, maximum=0.9)
    validation_fraction: float = arg(
        "share of the remaining rows on which the grid is compared", default=0.1, minimum=0.01, maximum=0.9
    )
    seed: int = arg("seed of the split and of the estimator", default=42)

    def describe_split(self) -> str:
        """The split in words, for documents, logs and the model registry."""
        method = SplitMethod(self.split_method)
        if method is SplitMethod.TIMESTAMP_MOD:
            return "timestamp_mod: timestamp % 10 in 6, 7 validates, in 8, 9 tests"
        shares = f"test {self.test_fraction:g}, validation {self.validation_fraction:g} of the rest"
        return f"{method.value}: {shares}" + (f", seed {self.seed}" if method is SplitMethod.RANDOM else "")


@dataclass(frozen=True, kw_only=True)
class TrainArgs(SplitArgs, ReportingArgs):
    """Choose ALS hyper-parameters on the validation rows, refit on train and validation, save the model."""

    script: ClassVar[str] = "spark_jobs/train.py"
    inputs: ClassVar[tuple[str, ...]] = ("ratings_uri",)

    ratings_uri: str = arg("table of good ratings")
    model_uri: str = arg("folder for the fitted model")
    objective: str = arg("what to train for", default=Objective.RANKING.value, choices=list(Objective))
    grid: str = arg('JSON object of ALS parameter lists, e.g. {"rank": [64], "regParam": [0.05, 0.1]}')
    engine: str = arg("what fits the factors", default=Engine.MLLIB.value, choices=list(Engine))
    engine_memory_gb: float = arg(
        "memory that engine implicit may use on the driver; 0: half of the machine's", default=0.0, minimum=0.0
    )
    blocks: int = arg("MLlib's ALS user and item blocks; 0 sizes them to the data", default=0, minimum=0)
    k: int = arg("cut-off of the ranking metric on the validation rows", default=10, minimum=1, maximum=1000)
    relevance_threshold: float = arg("least rating that makes a held-out item relevant; 0 takes all", default=0.0)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class EvaluateArgs(SplitArgs, ReportingArgs):
    """Judge challenger, champion and trivial baselines on the same held-out rows."""

    script: ClassVar[str] = "spark_jobs/evaluate.py"
    inputs: ClassVar[tuple[str, ...]] = ("ratings_uri",)

    ratings_uri: str = arg("table of good ratings")
    model_uri: str = arg("the challenger")
    champion_model_uri: str = arg("the champion; empty if there is none", default="")
    objective: str = arg("what the challenger was trained for", choices=list(Objective))
    k: int = arg("cut-off of the ranking metrics", default=10, minimum=1, maximum=1000)
    relevance_threshold: float = arg("least rating that makes a held-out item relevant; 0 takes all", default=0.0)
    movies_uri: str = arg("table of movies, for diversity by genre; empty: diversity is undefined", default="")
    resamples: int = arg("bootstrap resamples; 0 for no intervals", default=200, minimum=0, maximum=10_000)
    confidence: float = arg("share of resamples within an interval", default=0.95, minimum=0.5, maximum=0.999)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class ScoreArgs(ReportingArgs):
    """Write the top k items for every trained user."""

    script: ClassVar[str] = "spark_jobs/score.py"
    inputs: ClassVar[tuple[str, ...]] = ("ratings_uri",)
    in_python: ClassVar[bool] = True

    ratings_uri: str = arg("table of good ratings: what each user has seen")
    model_uri: str = arg("the model to score with")
    scores_uri: str = arg("folder for the scores")
    k: int = arg("items per user", default=10, minimum=1, maximum=1000)
    seen_items: str = arg(
        "whether rated items may be recommended", default=SeenItems.EXCLUDE.value, choices=list(SeenItems)
    )
    histories_uri: str = arg("table of items by user; empty: made of the ratings, which takes longer", default="")
    movies_uri: str = arg("table of movies, for titles of sample users and genres; empty: no samples", default="")
    genres: str = arg('JSON list: only items of one of these genres, e.g. ["Comedy"]; empty: all', default="[]")
    available_uri: str = arg("only items of this list, Parquet or CSV with a column item_id; empty: all", default="")
    catalogue: str = arg("what each task holds in memory", default=Catalogue.AUTO.value, choices=list(Catalogue))
    shards: int = arg("shards of users, each written as a whole; 0 sizes them to the work", default=0, minimum=0)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class RelateItemsArgs(ReportingArgs):
    """Write the top k similar items, or users, for every item of a model."""

    script: ClassVar[str] = "spark_jobs/relate_items.py"

    model_uri: str = arg("the model")
    table_uri: str = arg("folder for the table")
    relation: str = arg("what is sought for each item", choices=list(Relation))
    k: int = arg("rows per item", default=10, minimum=1, maximum=1000)
    catalogue: str = arg("what each task holds in memory", default=Catalogue.AUTO.value, choices=list(Catalogue))
    shards: int = arg("shards of items, each written as a whole; 0 sizes them to the work", default=0, minimum=0)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class BundleArgs(ReportingArgs):
    """Write what the real-time service loads of a model; the report is the bundle's manifest once more."""

    script: ClassVar[str] = "spark_jobs/bundle.py"
    inputs: ClassVar[tuple[str, ...]] = ("ratings_uri",)

    model_uri: str = arg("the model to serve")
    training_uri: str = arg("its TrainingReport: what a user's factors are solved with")
    ratings_uri: str = arg("table of good ratings: what each user has seen, and how popular an item is")
    histories_uri: str = arg("table of items by user; empty: made of the ratings, which takes longer", default="")
    movies_uri: str = arg("table of movies: titles and genres")
    bundle_uri: str = arg("folder for the bundle")
    model: str = arg("the model's name in the registry")
    version: str = arg("the registered version: the name of its folder")
    dag_id: str = arg("the workflow", default="")
    run_id: str = arg("its run", default="")
    code_sha: str = arg("content hash of the deployed code", default="")
