"""What the held-out rows really are, in the numbers of the challenger's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.mllib.problems import Problem
from spark_jobs.assessing.contender import TRUTH_LABEL

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from penstock.recipe.values import Label, Recipe
    from spark_jobs.assessing.contender import Contender


def check_truth(rows: DataFrame, recipe: Recipe, classes: list[str]) -> list[str]:
    """The classes, and behind them those that only held-out rows have.

    Raises DataError for labels that cannot be judged.
    """
    label = recipe.label
    if label is None:
        return classes
    if not recipe.kind.classifies:
        _check_numbers(rows, label)
        return classes
    found = {row[0]: row[1] for row in rows.groupBy(F.col(label.column).cast("string")).count().collect()}
    if None in found:
        raise DataError(_without_label(found[None], sum(found.values()), label))
    unseen = sorted(set(found) - set(classes))
    if unseen and recipe.kind is Problem.BINARY:
        raise DataError(
            f"{found[unseen[0]]:,} held-out rows have the label {unseen[0]!r} in column {label.column!r}; the model "
            f"knows {', '.join(map(repr, classes))}. Correct the table, or fit again as multiclass."
        )
    return [*classes, *unseen]


def hidden(rows: DataFrame, recipe: Recipe) -> DataFrame:
    """The rows with a class label under another name, so that no pipeline refuses a class that it does not know."""
    if recipe.label is None or not recipe.kind.classifies:
        return rows
    return rows.withColumn(TRUTH_LABEL, F.col(recipe.label.column).cast("string")).drop(recipe.label.column)


def number_of(column: Column, classes: list[str]) -> Column:
    """The number of a class; null for one that is not among them."""
    numbered = F.create_map(*(F.lit(each) for number, name in enumerate(classes) for each in (name, float(number))))
    return numbered[column]


def check_classes(champion: Contender, challenger: Contender, recipe: Recipe) -> None:
    """Raises DataError for a champion of another question: other classes, or another positive one."""
    old, new = champion.classes, challenger.classes
    same = old == new if recipe.kind is Problem.BINARY else sorted(old) == sorted(new)
    if not same:
        raise DataError(
            f"{champion.uri} answers another question: its classes are {_show(old)}, the challenger's {_show(new)}"
        )


def _check_numbers(rows: DataFrame, label: Label) -> None:
    column = F.col(label.column)
    found = rows.agg(F.count_if(column.isNull() | F.isnan(column.cast("double"))), F.count("*")).first()
    if found and found[0]:
        raise DataError(_without_label(found[0], found[1], label))


def _without_label(absent: int, rows: int, label: Label) -> str:
    return (
        f"{absent:,} of {rows:,} held-out rows have no label in column {label.column!r}. Leave them out of the table."
    )


def _show(classes: list[str]) -> str:
    return ", ".join(map(repr, classes)) or "none"
