"""What a recipe must fulfil beyond its types; every refusal names the key path, what was got and what was expected."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from penstock.codec import CodecError, decode
from penstock.errors import did_you_mean
from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.parameters import show
from penstock.mllib.problems import METRICS, Problem
from penstock.mllib.stage import Content
from penstock.recipe.costs import check_costs
from penstock.recipe.params import check_params, check_search, estimator_params
from penstock.recipe.stages import check_columns, check_stages
from penstock.recipe.values import ClassWeights, Recipe, SearchMethod, Validation, ValidationMethod

if TYPE_CHECKING:
    from penstock.mllib.estimator import Estimator

MOST_PARALLEL = 64


def read_recipe(data: Any, where: str = "recipe") -> Recipe:
    """A checked recipe from parsed JSON or YAML; raises CodecError that names the key path below `where`."""
    recipe = decode(Recipe, data, where)
    check(recipe, where)
    return recipe


def parse_recipe(text: str, where: str = "recipe") -> Recipe:
    """The same from JSON text."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CodecError(where, f"not JSON ({error})") from error
    return read_recipe(data, where)


def check(recipe: Recipe, where: str) -> None:
    """Every rule, in the order in which a recipe is written; raises CodecError at the first that is broken."""
    _one_of(recipe.problem, Problem, f"{where}.problem")
    _check_label(recipe, f"{where}.label")
    contents = check_columns(recipe, f"{where}.columns")
    contents = check_stages(recipe, contents, f"{where}.stages")
    known = _check_estimator(recipe, f"{where}.estimator")
    _check_inputs(recipe, known, contents, f"{where}.estimator")
    check_params(recipe, estimator_params(recipe.estimator), f"{where}.estimator.params")
    _check_early_stopping(recipe, known, f"{where}.estimator")
    _check_weights(recipe, known, where)
    _one_of(recipe.search.method, SearchMethod, f"{where}.search.method")
    check_search(recipe, f"{where}.search")
    _check_validation(recipe.validation, f"{where}.validation")
    _check_metric(recipe, known, where)
    check_costs(recipe, where)
    if not 1 <= recipe.parallelism <= MOST_PARALLEL:
        raise CodecError(f"{where}.parallelism", f"got {recipe.parallelism}; expected 1 to {MOST_PARALLEL}")


def _check_label(recipe: Recipe, where: str) -> None:
    label, problem = recipe.label, recipe.kind
    if label is None:
        if problem.supervised:
            raise CodecError(where, f"missing; a {problem} problem has a label")
        return
    if not problem.supervised:
        raise CodecError(where, f"got {show(label.column)}; a {problem} problem has no label")
    if problem is Problem.BINARY and label.positive is None:
        raise CodecError(f"{where}.positive", "missing; expected the class that a binary problem is about")
    if problem is not Problem.BINARY and label.positive is not None:
        raise CodecError(f"{where}.positive", f"got {show(label.positive)}; only binary problems have a positive class")


def _check_estimator(recipe: Recipe, where: str) -> Estimator:
    spec = recipe.estimator
    if spec.name not in ESTIMATORS:
        fitting = [name for name, each in ESTIMATORS.items() if recipe.kind in each.problems]
        raise CodecError(f"{where}.name", f"unknown estimator {spec.name!r}; {did_you_mean(spec.name, fitting)}")
    known = ESTIMATORS[spec.name]
    if recipe.kind not in known.problems:
        wanted = " and ".join(sorted(known.problems))
        raise CodecError(f"{where}.name", f"{spec.name} is for {wanted} problems; this one is {recipe.problem}")
    if known.transient:
        raise CodecError(
            f"{where}.name", f"{spec.name} answers for the rows it is given and leaves no model; use another estimator"
        )
    if not known.nested:
        if spec.classifier is not None:
            raise CodecError(f"{where}.classifier", f"got {show(spec.classifier)}; {spec.name} is made of no other")
        return known
    _check_classifier(recipe, where)
    return known


def _check_classifier(recipe: Recipe, where: str) -> None:
    """One for all rows of one class against the rest: binary, and on MLlib's word anything that scores."""
    name = recipe.estimator.classifier
    usable = [each.name for each in ESTIMATORS.values() if Problem.BINARY in each.problems and not each.external]
    if name is None:
        raise CodecError(f"{where}.classifier", f"missing; expected one of {', '.join(sorted(usable))}")
    if name not in usable:
        raise CodecError(f"{where}.classifier", f"unknown binary classifier {name!r}; {did_you_mean(name, usable)}")


def _check_inputs(recipe: Recipe, known: Estimator, contents: dict[str, Content], where: str) -> None:
    spec = recipe.estimator
    for role, column in spec.columns.items():
        if role not in known.columns:
            hint = did_you_mean(role, known.columns) if known.columns else f"{spec.name} has no columns of its own"
            raise CodecError(f"{where}.columns.{role}", f"unknown; {hint}")
        wanted = {Content.WORDS} if role == "items" else {Content.NUMBER, Content.INDEX}
        _holds(column, contents, wanted, f"{where}.columns.{role}")
    for role in known.columns:
        if role not in spec.columns and role not in known.optional_columns:
            raise CodecError(f"{where}.columns.{role}", f"missing; {spec.name} needs it")
    if known.features:
        _holds(spec.features, contents, {Content.VECTOR}, f"{where}.features")


def _holds(column: str, contents: dict[str, Content], wanted: set[Content], where: str) -> None:
    kinds = " or ".join(sorted(wanted))
    usable = [name for name, content in contents.items() if content in wanted]
    if column not in contents:
        hint = did_you_mean(column, usable) if usable else f"no stage makes a column of kind {kinds}"
        raise CodecError(where, f"no column {column!r}; {hint}")
    if contents[column] not in wanted:
        raise CodecError(where, f"{column!r} holds {contents[column]}; expected {kinds}")


def _check_early_stopping(recipe: Recipe, known: Estimator, where: str) -> None:
    spec = recipe.estimator
    given = {**spec.params, **recipe.search.values, **recipe.search.ranges}
    if spec.early_stopping is None:
        if known.stopping in given:
            raise CodecError(
                f"{where}.params.{known.stopping}", "has no effect without early_stopping, a share of rows"
            )
        return
    if not known.stops_early:
        able = ", ".join(each.name for each in ESTIMATORS.values() if each.stops_early)
        raise CodecError(f"{where}.early_stopping", f"{spec.name} cannot stop early; {able} can")
    if known.stopping_required and known.stopping not in given:
        raise CodecError(f"{where}.params.{known.stopping}", "missing; without it early_stopping would never stop")
    if not 0 < spec.early_stopping < 1:
        raise CodecError(
            f"{where}.early_stopping", f"got {spec.early_stopping:g}; expected a share of rows above 0 and below 1"
        )


def _check_weights(recipe: Recipe, known: Estimator, where: str) -> None:
    _one_of(recipe.class_weights, ClassWeights, f"{where}.class_weights")
    balanced = recipe.class_weights == ClassWeights.BALANCED
    if balanced and not recipe.kind.classifies:
        raise CodecError(f"{where}.class_weights", f"got 'balanced'; a {recipe.problem} problem has no classes")
    if balanced and recipe.weight_column is not None:
        raise CodecError(f"{where}.class_weights", "got 'balanced' beside a weight_column; choose one of them")
    if (balanced or recipe.weight_column is not None) and not known.weighted:
        given = "class_weights" if balanced else "weight_column"
        raise CodecError(f"{where}.{given}", f"{known.name} takes no weights")
    inner = recipe.estimator.classifier
    if (balanced or recipe.weight_column is not None) and inner and not ESTIMATORS[inner].weighted:
        raise CodecError(f"{where}.estimator.classifier", f"{inner} takes no weights")


def _check_validation(validation: Validation, where: str) -> None:
    _one_of(validation.method, ValidationMethod, f"{where}.method")
    by_time = validation.method == ValidationMethod.TIME
    if by_time and validation.column is None:
        raise CodecError(f"{where}.column", "missing; expected the column that orders rows by time")
    if not by_time and validation.column is not None:
        raise CodecError(f"{where}.column", f"got {show(validation.column)}; only the method time has a column")
    if not 2 <= validation.folds <= 20:  # noqa: PLR2004 - named by the message
        raise CodecError(f"{where}.folds", f"got {validation.folds}; expected 2 to 20")
    if not 0 < validation.fraction < 1:
        raise CodecError(f"{where}.fraction", f"got {validation.fraction:g}; expected above 0 and below 1")


def _check_metric(recipe: Recipe, known: Estimator, where: str) -> None:
    metrics = METRICS[recipe.kind]
    searched = recipe.search.method != SearchMethod.NONE
    if searched and not metrics:
        raise CodecError(f"{where}.search.method", f"candidates of a {recipe.problem} problem cannot be compared")
    if recipe.metric is None:
        if searched:
            raise CodecError(f"{where}.metric", f"missing; a search compares by one of {', '.join(sorted(metrics))}")
        return
    if recipe.metric not in metrics:
        hint = did_you_mean(recipe.metric, metrics) if metrics else "there is none"
        raise CodecError(f"{where}.metric", f"unknown metric {recipe.metric!r} of {recipe.problem} problems; {hint}")
    if metrics[recipe.metric].of_probability and not known.probability:
        raise CodecError(f"{where}.metric", f"{recipe.metric} needs probabilities, which {known.name} does not give")
    if recipe.estimator.params.get("implicitPrefs"):
        raise CodecError(
            f"{where}.metric", f"{recipe.metric} compares ratings; with implicitPrefs ALS predicts preferences"
        )


def _one_of(value: str, choices: type[StrEnum], where: str) -> None:
    names = [each.value for each in choices]
    if value not in names:
        raise CodecError(where, f"got {show(value)}; {did_you_mean(value, names)}")
