"""A table parted into the rows that pass its expectations and those that one of them sets aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Observation
from pyspark.sql import functions as F

from glue_scripts.profiles import ROWS, summaries
from glue_scripts.refusals import Refusals, write_refused
from glue_scripts.transforms.bins import quoted
from glue_scripts.transforms.expectations import kept, place, quarantined_for, reason, with_outcomes
from penstock.checks import Expectation, Outcome
from penstock.errors import DataError
from penstock.jobs import ComparedRows
from penstock.tables import QUARANTINE, ddl
from spark_jobs.storage import open_table
from spark_jobs.transforms.holdout import part_of
from spark_jobs.transforms.split import TRAIN

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from penstock.jobs import CheckTableArgs

_REASON = "penstock_reason"
_READ, _REFUSED = "read", "refused"


@dataclass(frozen=True, kw_only=True)
class Sieved:
    """What became of the rows: `read` as the writing scan saw them, the others as they were found written."""

    read: int
    passed_rows: int
    refusals: Refusals
    outcomes: list[Outcome]
    training: DataFrame
    """The rows that passed and are compared: those that are not held out, or all."""
    summary: Mapping[str, Any]
    """Aggregates over them, see `summaries`."""

    @property
    def training_rows(self) -> int:
        """How many they are."""
        return int(self.summary[ROWS])


def sieve(table: DataFrame, args: CheckTableArgs, expectations: Sequence[Expectation], names: Sequence[str]) -> Sieved:
    """Write both kinds of rows; raises DataError for an expectation that cannot be evaluated.

    One scan evaluates all expectations, writes the rows that pass, their schema unchanged, and sums up the columns of
    these names. Only where it found rows to set aside does a second one fetch them.
    """
    judged = with_outcomes(table, expectations).withColumn(_REASON, quarantined_for(expectations))
    own = [quoted(name) for name in table.columns]
    passes = F.col(_REASON).isNull()
    trains = _compared(judged.where(passes).select(own), args)
    observation = Observation("expectations")
    broken = [F.count_if(~F.col(kept(index))).alias(f"broken_{index}") for index in range(len(expectations))]
    counts = [F.count("*").alias(_READ), F.count_if(~passes).alias(_REFUSED), *broken]
    observed = judged.observe(observation, *counts, *summaries(judged, names, passes & trains))
    _write(observed.where(passes).select(own), args.passed_uri, judged, expectations)
    found = observation.get
    passed = open_table(table.sparkSession, args.passed_uri)
    return Sieved(
        read=found[_READ],
        passed_rows=passed.count(),
        refusals=_set_aside(judged, args, any_rows=found[_REFUSED] > 0),
        outcomes=[
            Outcome(name=each.name, expression=each.expression, action=each.action, violations=found[f"broken_{index}"])
            for index, each in enumerate(expectations)
        ],
        training=passed.where(trains),
        summary=found,
    )


def _compared(rows: DataFrame, args: CheckTableArgs) -> Column:
    if ComparedRows(args.compared_rows) is ComparedRows.ALL:
        return F.lit(True)  # noqa: FBT003 - Spark's literal
    return part_of(rows, args) == TRAIN


def _write(passing: DataFrame, uri: str, judged: DataFrame, expectations: Sequence[Expectation]) -> None:
    try:
        passing.write.mode("overwrite").parquet(uri)
    except (Py4JJavaError, PySparkException) as error:
        for index, each in enumerate(expectations):
            _check_values(judged, index, each)
        raise DataError(f"{uri}: the rows that pass cannot be written ({reason(error, ())})") from error


def _check_values(judged: DataFrame, index: int, expectation: Expectation) -> None:
    """Raise DataError if this is the expectation that a value makes fail, such as a division by 0."""
    try:
        judged.agg(F.count_if(F.col(kept(index)))).collect()
    except (Py4JJavaError, PySparkException) as error:
        raise DataError(
            f"{place(index, expectation)}: `{expectation.expression}` fails on a row: {reason(error, ())}. "
            "Expect values to be wrong, too: try_divide, try_cast and the like give null instead."
        ) from error


def _set_aside(judged: DataFrame, args: CheckTableArgs, *, any_rows: bool) -> Refusals:
    """The quarantine in the layout that the ETL's has, so that one query finds a run's refused rows of all stages.

    `line` is the row as JSON: tables of any schema fit, nested columns too; `file` is the Parquet file that has it.
    """
    spark = judged.sparkSession
    if not any_rows:
        return write_refused(spark.createDataFrame([], ddl(QUARANTINE)), args.quarantine_uri)
    own = [quoted(name) for name in judged.columns if not name.startswith("penstock_")]
    bad = judged.where(F.col(_REASON).isNotNull()).select(
        F.lit(args.table_name).alias("source"),
        F.input_file_name().alias("file"),
        F.to_json(F.struct(*own), {"ignoreNullFields": "false"}).alias("line"),
        F.col(_REASON).alias("reason"),
    )
    return write_refused(bad, args.quarantine_uri)
