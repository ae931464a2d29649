"""Whether a table has what a recipe needs: columns, their types, a label without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.ml.linalg import VectorUDT
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, DataType, NumericType, StringType

from penstock.documents import Column as Described
from penstock.errors import DataError, did_you_mean
from penstock.mllib.problems import Problem
from penstock.mllib.stage import Content

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from penstock.recipe.values import Label, Recipe

_TYPES: dict[Content, tuple[type[DataType], ...]] = {
    Content.NUMBER: (NumericType, BooleanType),
    Content.CATEGORY: (StringType, NumericType),
    Content.TEXT: (StringType,),
    Content.WORDS: (ArrayType,),
    Content.VECTOR: (VectorUDT,),
}
_NAMES = {
    Content.NUMBER: "a number",
    Content.CATEGORY: "a string or a number",
    Content.TEXT: "a string",
    Content.WORDS: "an array of strings",
    Content.VECTOR: "a vector of Spark ML",
}


@dataclass(frozen=True, kw_only=True)
class Classes:
    """The classes of a label in the order of their numbers, and the training rows of each."""

    counts: dict[str, int]

    @property
    def names(self) -> list[str]:
        """Class 0 first; of a binary problem class 1 is the positive one."""
        return list(self.counts)


def check_table(table: DataFrame, recipe: Recipe) -> None:
    """Every column is there and of a type that fits; raises DataError naming the column, its type and what fits."""
    for content, names in recipe.columns.items():
        for name in names:
            _check_column(table, name, Content(content), f"recipe.columns.{content}")
    if recipe.weight_column is not None:
        _check_column(table, recipe.weight_column, Content.NUMBER, "recipe.weight_column")
    if recipe.label is not None:
        wanted = Content.CATEGORY if recipe.kind.classifies else Content.NUMBER
        _check_column(table, recipe.label.column, wanted, "recipe.label.column")


def describe_inputs(table: DataFrame, recipe: Recipe) -> list[Described]:
    """The columns that a recipe's stages, estimator and weights look at, in the order in which they are declared."""
    names = [name for declared in recipe.columns.values() for name in declared]
    if recipe.weight_column is not None:
        names.append(recipe.weight_column)
    return [Described(name=name, type=table.schema[name].dataType.simpleString()) for name in dict.fromkeys(names)]


def check_gaps(training: DataFrame, recipe: Recipe) -> None:
    """No nulls or NaNs where a stage refuses them; raises DataError naming the column, how many, and the stage."""
    kinds = {name: Content(content) for content, names in recipe.columns.items() for name in names}
    refusing = {
        name: (index, spec.stage)
        for index, spec in enumerate(recipe.stages)
        for name in spec.columns
        if spec.params.get("handleInvalid") == "error" and name in kinds
    }
    if not refusing:
        return
    row = training.agg(F.count("*"), *(F.count_if(_is_gap(name, kinds[name])) for name in refusing)).first()
    for (name, (index, stage)), gaps in zip(refusing.items(), row[1:] if row else (), strict=True):
        if gaps and row:
            raise DataError(
                f"column {name!r} is empty in {gaps:,} of {row[0]:,} training rows, and recipe.stages[{index}] "
                f"({stage}) has handleInvalid 'error'. Fill the gaps with an Imputer, or choose another handleInvalid."
            )


def check_label(training: DataFrame, recipe: Recipe) -> Classes:
    """The label's classes, none for a label that is a number; raises DataError for a label that cannot be learnt."""
    label = recipe.label
    if label is None:
        return Classes(counts={})
    column = F.col(label.column)
    absent = column.isNull() if recipe.kind.classifies else column.isNull() | F.isnan(column.cast("double"))
    row = training.agg(F.count_if(absent), F.count("*")).first()
    if row and row[0]:
        raise DataError(
            f"{row[0]:,} of {row[1]:,} training rows have no label in column {label.column!r}. "
            "Leave them out of the table."
        )
    return _classes(training, label, recipe.kind) if recipe.kind.classifies else Classes(counts={})


def _is_gap(name: str, content: Content) -> Column:
    column = F.col(name)
    if content is not Content.NUMBER:
        return column.isNull()
    return column.isNull() | F.isnan(column.cast("double"))


def _check_column(table: DataFrame, name: str, content: Content, where: str) -> None:
    if name not in table.columns:
        raise DataError(f"missing column {name!r}, which {where} names; {did_you_mean(name, table.columns)}")
    kind = table.schema[name].dataType
    fits = isinstance(kind, _TYPES[content])
    if isinstance(kind, ArrayType):
        fits = fits and isinstance(kind.elementType, StringType)
    if not fits:
        raise DataError(f"column {name!r}, which {where} names, is {kind.simpleString()}; expected {_NAMES[content]}")


def _classes(training: DataFrame, label: Label, problem: Problem) -> Classes:
    """Most frequent first, as StringIndexer does; of a binary problem the positive class last."""
    found = training.groupBy(F.col(label.column).cast("string").alias("name")).count().collect()
    counts = {row["name"]: int(row["count"]) for row in sorted(found, key=lambda row: (-row["count"], row["name"]))}
    if len(counts) < 2:  # noqa: PLR2004 - nothing to tell apart
        raise DataError(
            f"all training rows have the label {next(iter(counts), None)!r}; there is nothing to tell apart"
        )
    if problem is not Problem.BINARY:
        return Classes(counts=counts)
    positive = label.positive or ""
    if positive not in counts:
        raise DataError(
            f"no training row has the label {positive!r} of recipe.label.positive; {did_you_mean(positive, counts)}"
        )
    if len(counts) > 2:  # noqa: PLR2004 - two is what binary means
        names = ", ".join(map(repr, counts))
        raise DataError(f"column {label.column!r} has {len(counts)} classes: {names}. Make the problem multiclass.")
    return Classes(counts=dict(sorted(counts.items(), key=lambda each: each[0] == positive)))
