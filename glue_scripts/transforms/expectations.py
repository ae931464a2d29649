"""Expectations as columns: one of booleans for each, true where the row is as it should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import functions as F

from penstock.checks import Action, Expectation
from penstock.errors import DataError, did_you_mean
from spark_jobs.storage import first_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

_UNKNOWN = re.compile(r"with name (.+) cannot be resolved")


def with_outcomes(table: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """The table with a column `kept(index)` for each expectation; raises DataError for one that Spark refuses."""
    for index, each in enumerate(expectations):
        check_expression(table, index, each)
    outcomes = [
        F.coalesce(F.expr(each.expression), F.lit(False)).alias(kept(index))  # noqa: FBT003 - a literal column
        for index, each in enumerate(expectations)
    ]
    return table.select("*", *outcomes)


def kept(index: int) -> str:
    """The column that says whether a row keeps the expectation with this place in the list."""
    return f"penstock_kept_{index}"


def quarantined_for(expectations: Sequence[Expectation]) -> Column:
    """The name of the first broken expectation that quarantines its rows, null for a row that passes."""
    broken = [
        F.when(~F.col(kept(index)), F.lit(each.name))
        for index, each in enumerate(expectations)
        if each.action == Action.QUARANTINE
    ]
    return F.coalesce(*broken, F.lit(None).cast("string"))


def check_expression(table: DataFrame, index: int, expectation: Expectation) -> None:
    """Raise DataError unless the expression is a predicate over single rows of the table.

    Spark's own filter asks exactly that: known columns, a boolean, no aggregate and no window.
    """
    where = f"{place(index, expectation)}: `{expectation.expression}`"
    try:
        rows = table.where(expectation.expression)
    except (AnalysisException, ParseException) as error:
        raise DataError(f"{where} is refused by Spark: {reason(error, table.columns)}") from error
    if not rows._jdf.queryExecution().analyzed().deterministic():  # noqa: SLF001 - no public way
        raise DataError(f"{where} says something else each time it is asked; expected a function of the row alone")


def place(index: int, expectation: Expectation) -> str:
    """Where an expectation stands, for messages."""
    return f"expectations[{index}] {expectation.name!r}"


def reason(error: Exception, columns: Sequence[str]) -> str:
    """Spark's reason in one line, with the nearest column if it is about an unknown one."""
    line = first_line(error).rstrip(";. ")
    unknown = _UNKNOWN.search(line)
    if unknown is None:
        return line
    name = unknown.group(1).replace("`", "")
    return f"{line}; {did_you_mean(name, columns)}"
