"""One frozen dataclass per job: the script's name and its typed arguments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import JobArgs, arg


class Objective(StrEnum):
    """What a recommender is trained for."""

    RANKING = "ranking"
    """Which items a user will choose next: ALS on implicit feedback (Hu, Koren, Volinsky 2008), compared by NDCG@k."""
    RATING = "rating"
    """Which rating a user will give: ALS on explicit feedback, compared by RMSE."""


class SplitMethod(StrEnum):
    """How held-out rows are chosen. Every method is a pure function of the rows and the arguments: all jobs agree."""

    RANDOM = "random"
    """By a seeded hash of user and item."""
    TEMPORAL = "temporal"
    """The last ratings by time, cut at quantiles over all rows of all users."""
    TIMESTAMP_MOD = "timestamp_mod"
    """The classic protocol: timestamp % 10 below 6 trains, 6 and 7 validate, 8 and 9 test."""


class HoldOut(StrEnum):
    """How the rows of a table are held out for the test. A model that is fitted never sees them."""

    COLUMN = "column"
    """The table says so itself, in a column `part` of `train` and `test`."""
    RANDOM = "random"
    """By a seeded hash of the row, so that equal rows are never torn apart."""
    TEMPORAL = "temporal"
    """The last rows by a column."""


class SourceFormat(StrEnum):
    """How MovieLens files are written."""

    CSV = "csv"
    """ratings.csv and movies.csv with a header."""
    DAT = "dat"
    """ratings.dat and movies.dat, `::`-separated, without a header."""


class SeenItems(StrEnum):
    """What top-k does with items that the user already rated."""

    EXCLUDE = "exclude"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class ReportingArgs(JobArgs):
    """What every job is told: where it leaves its document."""

    report_uri: str = arg("where the job's report goes, written last")


@dataclass(frozen=True, kw_only=True)
class CleanRatingsArgs(ReportingArgs):
    """Clean MovieLens ratings and movies: good rows to Parquet, bad rows to quarantine, every row counted."""

    script: ClassVar[str] = "glue_scripts/clean_ratings.py"
    foreign: ClassVar[bool] = True

    ratings_uri: str = arg("file or folder of ratings")
    movies_uri: str = arg("file or folder of movies")
    format: str = arg("how both are written", default=SourceFormat.CSV.value, choices=list(SourceFormat))
    clean_uri: str = arg("folder for the good rows: one table each, `ratings` and `movies`")
    quarantine_uri: str = arg("folder for the refused rows")
    max_bad_ratio: float = arg("largest share of refused rows before the job fails", default=0.05, minimum=0, maximum=1)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class CleanPartsArgs(ReportingArgs):
    """What the cleaning of labelled rows in two official parts, train and test, is told."""

    foreign: ClassVar[bool] = True

    train_uri: str = arg("file or folder of rows to learn from")
    test_uri: str = arg("file or folder of rows to judge by")
    clean_uri: str = arg("folder for the good rows: one table of both parts, told apart by its column `part`")
    quarantine_uri: str = arg("folder for the refused rows")
    max_bad_ratio: float = arg("largest share of refused rows before the job fails", default=0.05, minimum=0, maximum=1)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class CleanAdultArgs(CleanPartsArgs):
    """Clean UCI Adult (Census Income): good rows to the table `adult`, bad rows to quarantine, every row counted."""

    script: ClassVar[str] = "glue_scripts/clean_adult.py"


@dataclass(frozen=True, kw_only=True)
class CleanLibsvmArgs(CleanPartsArgs):
    """Clean LibSVM text: good rows to the table `examples`, sparse, bad rows to quarantine, every row counted."""

    script: ClassVar[str] = "glue_scripts/clean_libsvm.py"

    features: int = arg(
        "number of features, indices above it are refused; 0 takes the largest index of both parts",
        default=0,
        minimum=0,
        maximum=2**31 - 1,
    )


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

    ratings_uri: str = arg("table of good ratings")
    model_uri: str = arg("folder for the fitted model")
    objective: str = arg("what to train for", default=Objective.RANKING.value, choices=list(Objective))
    grid: str = arg('JSON object of ALS parameter lists, e.g. {"rank": [64], "regParam": [0.05, 0.1]}')
    blocks: int = arg("ALS user and item blocks; 0 sizes them to the data", default=0, minimum=0)
    k: int = arg("cut-off of the ranking metric on the validation rows", default=10, minimum=1, maximum=1000)
    relevance_threshold: float = arg("least rating that makes a held-out item relevant; 0 takes all", default=0.0)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class EvaluateArgs(SplitArgs, ReportingArgs):
    """Judge challenger, champion and trivial baselines on the same held-out rows."""

    script: ClassVar[str] = "spark_jobs/evaluate.py"

    ratings_uri: str = arg("table of good ratings")
    model_uri: str = arg("the challenger")
    champion_model_uri: str = arg("the champion; empty if there is none", default="")
    objective: str = arg("what the challenger was trained for", choices=list(Objective))
    k: int = arg("cut-off of the ranking metrics", default=10, minimum=1, maximum=1000)
    relevance_threshold: float = arg("least rating that makes a held-out item relevant; 0 takes all", default=0.0)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class HoldOutArgs(JobArgs):
    """The held-out rows of any table, chosen alike by every job."""

    holdout: str = arg("how test rows are held out", default=HoldOut.COLUMN.value, choices=list(HoldOut))
    test_fraction: float = arg("share of rows held out, unless by column", default=0.2, minimum=0.01, maximum=0.9)
    time_column: str = arg("what orders rows in time, if held out by time", default="")
    holdout_seed: int = arg("seed of the random hold-out", default=42)

    def describe_holdout(self) -> str:
        """The hold-out in words, for documents and logs."""
        method = HoldOut(self.holdout)
        if method is HoldOut.COLUMN:
            return "column: part"
        if method is HoldOut.RANDOM:
            return f"random: test {self.test_fraction:g}, seed {self.holdout_seed}"
        return f"temporal: test {self.test_fraction:g} by {self.time_column}"


@dataclass(frozen=True, kw_only=True)
class FitArgs(HoldOutArgs, ReportingArgs):
    """Fit the model of a recipe on the training rows of a table."""

    script: ClassVar[str] = "spark_jobs/fit.py"

    table_uri: str = arg("Parquet table")
    recipe: str = arg("the recipe as JSON, see penstock/recipe.py")
    model_uri: str = arg("where the fitted pipeline goes")
    tree_uri: str = arg("where the text of a single tree goes; empty for nowhere", default="")
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class ScoreArgs(ReportingArgs):
    """Write the top k items for every trained user."""

    script: ClassVar[str] = "spark_jobs/score.py"

    ratings_uri: str = arg("table of good ratings: what each user has seen")
    model_uri: str = arg("the model to score with")
    scores_uri: str = arg("folder for the scores")
    k: int = arg("items per user", default=10, minimum=1, maximum=1000)
    seen_items: str = arg(
        "whether rated items may be recommended", default=SeenItems.EXCLUDE.value, choices=list(SeenItems)
    )
    code_sha: str = arg("content hash of the deployed code", default="")


ALL_JOBS: tuple[type[ReportingArgs], ...] = (
    CleanRatingsArgs,
    CleanAdultArgs,
    CleanLibsvmArgs,
    TrainArgs,
    EvaluateArgs,
    FitArgs,
    ScoreArgs,
)
