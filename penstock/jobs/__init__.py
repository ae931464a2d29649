"""One frozen dataclass per job: the script's name and its typed arguments."""

from __future__ import annotations

from penstock.jobs.checking import CheckTableArgs, ComparedRows, SchemaDrift
from penstock.jobs.cleaning import (
    CleanAdultArgs,
    CleanLibsvmArgs,
    CleanPartsArgs,
    CleanRatingsArgs,
    CleanViewersArgs,
    SourceFormat,
)
from penstock.jobs.learning import AssessArgs, FitArgs, HoldOut, HoldOutArgs
from penstock.jobs.predicting import PredictArgs
from penstock.jobs.recommending import (
    BundleArgs,
    Catalogue,
    Engine,
    EvaluateArgs,
    Objective,
    RelateItemsArgs,
    Relation,
    ScoreArgs,
    SeenItems,
    SplitArgs,
    SplitMethod,
    TrainArgs,
)
from penstock.jobs.reporting import ReportingArgs
from penstock.jobs.streaming import KinesisConsumer, StreamArgs, StreamSource, StreamTrigger

__all__ = [
    "ALL_JOBS",
    "AssessArgs",
    "BundleArgs",
    "Catalogue",
    "CheckTableArgs",
    "CleanAdultArgs",
    "CleanLibsvmArgs",
    "CleanPartsArgs",
    "CleanRatingsArgs",
    "CleanViewersArgs",
    "ComparedRows",
    "Engine",
    "EvaluateArgs",
    "FitArgs",
    "HoldOut",
    "HoldOutArgs",
    "KinesisConsumer",
    "Objective",
    "PredictArgs",
    "RelateItemsArgs",
    "Relation",
    "ReportingArgs",
    "SchemaDrift",
    "ScoreArgs",
    "SeenItems",
    "SourceFormat",
    "SplitArgs",
    "SplitMethod",
    "StreamArgs",
    "StreamSource",
    "StreamTrigger",
    "TrainArgs",
]

ALL_JOBS: tuple[type[ReportingArgs], ...] = (
    CleanRatingsArgs,
    CleanViewersArgs,
    CleanAdultArgs,
    CleanLibsvmArgs,
    CheckTableArgs,
    TrainArgs,
    EvaluateArgs,
    FitArgs,
    AssessArgs,
    ScoreArgs,
    RelateItemsArgs,
    BundleArgs,
    StreamArgs,
    PredictArgs,
)
