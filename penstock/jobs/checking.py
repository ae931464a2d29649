"""The arguments of the data check: what rows must be like before a model learns from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import arg
from penstock.jobs.learning import HoldOutArgs
from penstock.jobs.reporting import ReportingArgs


class SchemaDrift(StrEnum):
    """What columns that came, went or changed their type since the champion was trained do."""

    WARN = "warn"
    FAIL = "fail"


class ComparedRows(StrEnum):
    """Which rows are profiled, and compared with those of the champion."""

    TRAINING = "training"
    """Those that are not held out."""
    ALL = "all"
    """Every row that passed: for jobs that hold rows out by other rules than a table's."""


@dataclass(frozen=True, kw_only=True)
class CheckTableArgs(HoldOutArgs, ReportingArgs):
    """Hold a table to its expectations and compare it with what the champion was trained on, before any cluster."""

    script: ClassVar[str] = "glue_scripts/check_table.py"
    foreign: ClassVar[bool] = True

    table_uri: str = arg("Parquet table of good rows")
    table_name: str = arg("its name in the Data Catalog")
    expectations: str = arg("JSON list of expectations, see penstock/checks.py", default="[]")
    columns: str = arg("JSON list of the columns that are profiled and compared; empty for all", default="[]")
    compared_rows: str = arg(
        "which rows are profiled and compared", default=ComparedRows.TRAINING.value, choices=list(ComparedRows)
    )
    passed_uri: str = arg("folder for the rows that no expectation quarantines")
    quarantine_uri: str = arg("folder for the rows that one does, each with its name")
    reference_uri: str = arg("ChecksReport of the champion's training data; empty if there is none", default="")
    max_bad_ratio: float = arg(
        "largest share of quarantined rows before the job fails", default=0.05, minimum=0, maximum=1
    )
    drift_warn: float = arg("population stability index from which a column is reported", default=0.1, minimum=0)
    drift_fail: float = arg("population stability index from which the job fails; 0 for never", default=0.0, minimum=0)
    schema_drift: str = arg("what a changed schema does", default=SchemaDrift.WARN.value, choices=list(SchemaDrift))
    code_sha: str = arg("content hash of the deployed code", default="")
