"""The rules for costs of wrong answers, by which a threshold is chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from penstock.codec import CodecError
from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.problems import Problem

if TYPE_CHECKING:
    from penstock.recipe.values import Recipe

THRESHOLDS = ("threshold", "thresholds")
"""Parameters that set by hand what costs set."""


def check_costs(recipe: Recipe, where: str) -> None:
    """Two finite costs above 0, of a binary model that gives probabilities; raises CodecError."""
    costs, spec = recipe.costs, recipe.estimator
    if costs is None:
        return
    if recipe.kind is not Problem.BINARY:
        raise CodecError(f"{where}.costs", f"a {recipe.problem} problem has no threshold; only binary problems have")
    for name, value in (("false_positive", costs.false_positive), ("false_negative", costs.false_negative)):
        if not (math.isfinite(value) and value > 0):
            raise CodecError(f"{where}.costs.{name}", f"got {value:g}; expected a cost above 0")
    known = ESTIMATORS[spec.name]
    if not known.probability:
        raise CodecError(f"{where}.costs", f"a threshold needs probabilities, which {spec.name} does not give")
    if not known.takes_threshold:
        able = ", ".join(
            each.name for each in ESTIMATORS.values() if each.takes_threshold and Problem.BINARY in each.problems
        )
        raise CodecError(f"{where}.costs", f"{spec.name} says yes from a half on and takes no threshold; {able} do")
    _check_alone(recipe, where)


def _check_alone(recipe: Recipe, where: str) -> None:
    """No threshold is set by hand, nor searched."""
    search = recipe.search
    places = {
        "estimator.params": recipe.estimator.params,
        "search.values": search.values,
        "search.ranges": search.ranges,
    }
    for place, given in places.items():
        for name in THRESHOLDS:
            if name in given:
                raise CodecError(
                    f"{where}.{place}.{name}", "beside costs, which set the threshold; leave one of them out"
                )
