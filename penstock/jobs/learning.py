"""The arguments of the jobs of any estimator: fitted from a recipe, judged by its problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import JobArgs, arg
from penstock.jobs.reporting import ReportingArgs


class HoldOut(StrEnum):
    """How the rows of a table are held out for the test. A model that is fitted never sees them."""

    COLUMN = "column"
    """The table says so itself, in a column `part` of `train` and `test`."""
    RANDOM = "random"
    """By a seeded hash of the row, so that equal rows are never torn apart."""
    TEMPORAL = "temporal"
    """The last rows by a column."""


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
    inputs: ClassVar[tuple[str, ...]] = ("table_uri",)

    table_uri: str = arg("Parquet table")
    recipe: str = arg("the recipe as JSON, see penstock/recipe.py")
    model_uri: str = arg("where the fitted pipeline goes")
    tree_uri: str = arg("where the text of a single tree goes; empty for nowhere", default="")
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class AssessArgs(HoldOutArgs, ReportingArgs):
    """Judge a fitted pipeline, the champion and trivial baselines on the same held-out rows, with intervals."""

    script: ClassVar[str] = "spark_jobs/assess.py"
    inputs: ClassVar[tuple[str, ...]] = ("table_uri",)

    table_uri: str = arg("Parquet table")
    recipe: str = arg("the challenger's recipe as JSON, see penstock/recipe/values.py")
    model_uri: str = arg("the challenger: a saved pipeline")
    champion_model_uri: str = arg("the champion; empty if there is none", default="")
    segments: str = arg("JSON list of columns by whose values the metrics are told apart", default="[]")
    resamples: int = arg("bootstrap resamples; 0 for no intervals", default=200, minimum=0, maximum=10_000)
    confidence: float = arg("share of resamples within an interval", default=0.95, minimum=0.5, maximum=0.999)
    code_sha: str = arg("content hash of the deployed code", default="")
