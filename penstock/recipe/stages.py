"""The rules for a recipe's columns and stages: every column exists where it is used, and holds what the stage takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.codec import CodecError
from penstock.errors import did_you_mean
from penstock.mllib.problems import Problem
from penstock.mllib.stage import Content, Shape, Stage
from penstock.mllib.stages import ABSENT, STAGES
from penstock.recipe.params import check_required, check_values

if TYPE_CHECKING:
    from penstock.recipe.values import Recipe, StageSpec

DECLARED = tuple(each.value for each in Content if each is not Content.INDEX)
LABEL_INDEX = "penstock_label"
"""The label's class as a number from 0; of a binary problem 1 is the positive class."""
WEIGHT = "penstock_weight"
WATCHED = "penstock_watched"
"""Whether boosted trees only watch a row."""
PREDICTED_LABEL = "predicted_label"
PART = "part"
"""Which rows are held out."""
RESERVED = (
    PART,
    "prediction",
    "rawPrediction",
    "probability",
    "topicDistribution",
    LABEL_INDEX,
    WEIGHT,
    WATCHED,
    PREDICTED_LABEL,
)
"""Columns that fitting makes."""
Contents = dict[str, Content]


def check_columns(recipe: Recipe, where: str) -> Contents:
    """What each declared column holds; the label is none of them, because a model must not learn from it."""
    contents: Contents = {}
    for kind, names in recipe.columns.items():
        if kind not in DECLARED:
            raise CodecError(f"{where}.{kind}", f"unknown; {did_you_mean(kind, DECLARED)}")
        for index, name in enumerate(names):
            place = f"{where}.{kind}[{index}]"
            if recipe.label and name == recipe.label.column:
                raise CodecError(place, f"{name!r} is the label; a model must not learn from it")
            _check_new(name, contents, place)
            contents[name] = Content(kind)
    return contents


def check_stages(recipe: Recipe, contents: Contents, where: str) -> Contents:
    """What each column holds after all stages."""
    contents = dict(contents)
    for index, spec in enumerate(recipe.stages):
        place = f"{where}[{index}]"
        known = _known(spec, place)
        if known.labelled and not (recipe.kind.classifies or recipe.kind is Problem.REGRESSION):
            raise CodecError(f"{place}.stage", f"{spec.stage} looks at a label; a {recipe.problem} problem has none")
        _check_inputs(recipe, index, known, contents, place)
        check_values(spec.params, known.params, f"{place}.params")
        check_required(spec.params, known.params, f"{place}.params")
        _check_outputs(spec, contents, place)
        contents |= dict.fromkeys(spec.output_names(), known.gives)
    return contents


def _known(spec: StageSpec, where: str) -> Stage:
    if spec.stage in STAGES:
        return STAGES[spec.stage]
    hint = ABSENT.get(spec.stage) or did_you_mean(spec.stage, STAGES)
    raise CodecError(f"{where}.stage", f"unknown stage {spec.stage!r}; {hint}")


def _check_inputs(recipe: Recipe, index: int, known: Stage, contents: Contents, where: str) -> None:
    spec = recipe.stages[index]
    if not spec.columns:
        raise CodecError(f"{where}.columns", "got []; expected at least one column")
    for place, column in enumerate(spec.columns):
        here = f"{where}.columns[{place}]"
        if column not in contents:
            raise CodecError(here, f"no column {column!r} {_elsewhere(recipe, index, column, contents)}")
        if contents[column] not in known.takes:
            takes = " or ".join(sorted(known.takes))
            raise CodecError(here, f"{column!r} holds {contents[column]}; {spec.stage} takes {takes}")
        if column in spec.columns[:place]:
            raise CodecError(here, f"{column!r} for the second time")


def _elsewhere(recipe: Recipe, index: int, column: str, contents: Contents) -> str:
    for later in range(index, len(recipe.stages)):
        spec = recipe.stages[later]
        if spec.stage in STAGES and column in spec.output_names():
            return f"at this point; stages[{later}] makes it"
    if recipe.label and column == recipe.label.column:
        return "to learn from: it is the label"
    return f"is declared or made by an earlier stage; {did_you_mean(column, contents)}"


def _check_outputs(spec: StageSpec, contents: Contents, where: str) -> None:
    wanted = 1 if STAGES[spec.stage].shape is Shape.MERGE else len(spec.columns)
    if spec.outputs and len(spec.outputs) != wanted:
        raise CodecError(f"{where}.outputs", f"got {len(spec.outputs)} names; {spec.stage} makes {wanted} here")
    made: Contents = dict(contents)
    for index, name in enumerate(spec.output_names()):
        _check_new(name, made, f"{where}.outputs[{index}]")
        made[name] = Content.VECTOR


def _check_new(name: str, contents: Contents, where: str) -> None:
    if name in RESERVED:
        raise CodecError(where, f"{name!r} is a column that fitting makes; choose another name")
    if name in contents:
        raise CodecError(where, f"a column {name!r} is there already; choose another name")
    if not name or "." in name or "`" in name:
        raise CodecError(where, f"{name!r} is no name for Spark's stages: no dots, no backticks, not empty")
