"""The arguments of the ETL: raw files to tables of good rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import arg
from penstock.jobs.reporting import ReportingArgs


class SourceFormat(StrEnum):
    """How MovieLens files are written."""

    CSV = "csv"
    """ratings.csv and movies.csv with a header."""
    DAT = "dat"
    """ratings.dat and movies.dat, `::`-separated, without a header."""


@dataclass(frozen=True, kw_only=True)
class CleanRatingsArgs(ReportingArgs):
    """Clean MovieLens ratings and movies: good rows to Parquet, bad rows to quarantine, every row counted."""

    script: ClassVar[str] = "glue_scripts/clean_ratings.py"
    foreign: ClassVar[bool] = True

    ratings_uri: str = arg("file or folder of ratings")
    movies_uri: str = arg("file or folder of movies")
    format: str = arg("how both are written", default=SourceFormat.CSV.value, choices=list(SourceFormat))
    clean_uri: str = arg("folder for the good rows: one table each, `ratings` and `movies`, and more made of them")
    quarantine_uri: str = arg("folder for the refused rows")
    max_bad_ratio: float = arg("largest share of refused rows before the job fails", default=0.05, minimum=0, maximum=1)
    code_sha: str = arg("content hash of the deployed code", default="")


@dataclass(frozen=True, kw_only=True)
class CleanViewersArgs(CleanRatingsArgs):
    """Clean MovieLens as `clean_ratings` does, and describe each user in a row of the table `viewers`."""

    script: ClassVar[str] = "glue_scripts/clean_viewers.py"

    liked_rating: float = arg("least rating that makes a title one of the user's liked ones", default=4.0)


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
