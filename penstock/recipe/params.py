"""The rules for a recipe's parameters, fixed and searched."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from penstock.codec import CodecError
from penstock.errors import did_you_mean
from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.parameters import Kind, Parameter, Parameters, show
from penstock.recipe.values import EstimatorSpec, Recipe, Search, SearchMethod, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

NESTED = "classifier."
"""Before the parameters of the classifier that another estimator is made of."""
MOST_CANDIDATES = 1_000
SCALES = ("linear", "log")


def estimator_params(spec: EstimatorSpec) -> Parameters:
    """What the estimator accepts, with `classifier.<name>` for what its classifier does."""
    own = ESTIMATORS[spec.name].params
    if spec.classifier is None:
        return own
    inner = ESTIMATORS[spec.classifier].params
    return {**own, **{f"{NESTED}{name}": each for name, each in inner.items()}}


def check_values(params: Mapping[str, object], known: Parameters, where: str) -> None:
    """Names and values; raises CodecError for the first that MLlib would refuse."""
    for name, value in params.items():
        problem = _known(name, known, f"{where}.{name}").problem(value)
        if problem:
            raise CodecError(f"{where}.{name}", problem)


def check_required(given: Mapping[str, object], known: Parameters, where: str) -> None:
    """What has to be named is named."""
    for name, each in known.items():
        if each.required and name not in given:
            raise CodecError(f"{where}.{name}", f"missing; expected {each.expected()}")


def check_params(recipe: Recipe, known: Parameters, where: str) -> None:
    """The estimator's fixed parameters; what is required may be searched instead."""
    check_values(recipe.estimator.params, known, where)
    check_required({**recipe.estimator.params, **recipe.search.values}, known, where)


def check_search(recipe: Recipe, where: str) -> None:
    """What is tried: names, values, ranges and how many."""
    search, known = recipe.search, estimator_params(recipe.estimator)
    _check_method(search, where)
    for name, values in search.values.items():
        _check_list(values, _known(name, known, f"{where}.values.{name}"), f"{where}.values.{name}")
    for name, span in search.ranges.items():
        _check_span(span, _known(name, known, f"{where}.ranges.{name}"), f"{where}.ranges.{name}")
        if name in search.values:
            raise CodecError(f"{where}.ranges.{name}", "also in values; leave it out of one of them")
    for place, names in (("values", search.values), ("ranges", search.ranges)):
        for name in names:
            if name in recipe.estimator.params:
                raise CodecError(f"{where}.{place}.{name}", "also fixed in estimator.params; leave it out of one")
    size = search.candidates or math.prod(len(each) for each in search.values.values())
    if size > MOST_CANDIDATES:
        raise CodecError(where, f"{size:,} candidates; expected at most {MOST_CANDIDATES:,}")


def _check_method(search: Search, where: str) -> None:
    given = bool(search.values or search.ranges)
    if search.method == SearchMethod.NONE and given:
        raise CodecError(f"{where}.method", "got 'none' beside values or ranges; expected grid or random")
    if search.method != SearchMethod.NONE and not given:
        raise CodecError(f"{where}.values", f"empty; a {search.method} search needs parameters to try")
    if search.method == SearchMethod.GRID and search.ranges:
        name = next(iter(search.ranges))
        raise CodecError(f"{where}.ranges.{name}", "a grid has no ranges; list values, or search at random")
    if search.method == SearchMethod.RANDOM:
        if search.candidates is None or search.candidates < 1:
            raise CodecError(f"{where}.candidates", f"got {show(search.candidates)}; expected how many to draw")
    elif search.candidates is not None:
        raise CodecError(f"{where}.candidates", f"got {search.candidates}; only a random search draws candidates")


def _check_list(values: list[object], known: Parameter, where: str) -> None:
    if not values:
        raise CodecError(where, "got []; expected at least one value")
    for index, value in enumerate(values):
        problem = known.problem(value)
        if problem:
            raise CodecError(f"{where}[{index}]", problem)
        if value in values[:index]:
            raise CodecError(f"{where}[{index}]", f"{show(value)} for the second time")


def _check_span(span: Span, known: Parameter, where: str) -> None:
    if known.kind not in (Kind.INTEGER, Kind.NUMBER):
        raise CodecError(where, f"a range is of numbers; this is {known.expected()}: list values")
    if span.scale not in SCALES:
        raise CodecError(f"{where}.scale", f"got {show(span.scale)}; {did_you_mean(span.scale, SCALES)}")
    for side, edge in (("low", span.low), ("high", span.high)):
        whole = known.kind is Kind.INTEGER and edge.is_integer()
        problem = known.problem(int(edge) if whole else edge)
        if problem:
            raise CodecError(f"{where}.{side}", problem)
    if span.low >= span.high:
        raise CodecError(where, f"low {span.low:g} is not below high {span.high:g}")
    if span.scale == "log" and span.low <= 0:
        raise CodecError(f"{where}.low", f"got {span.low:g}; a log scale begins above 0")


def _known(name: str, known: Parameters, where: str) -> Parameter:
    if name not in known:
        raise CodecError(where, f"unknown; {did_you_mean(name, known)}")
    return known[name]
