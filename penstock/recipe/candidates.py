"""The candidates of a recipe's search: a pure function of the recipe, so that everyone counts alike."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

from penstock.mllib.parameters import Kind, Parameter
from penstock.recipe.params import estimator_params
from penstock.recipe.values import Recipe, Search, SearchMethod, Span

Point = dict[str, Any]
"""Values of the searched parameters by name."""


def candidates(recipe: Recipe) -> list[Point]:
    """What is tried, each once: every combination of a grid, the last parameter varying fastest, or seeded draws.

    Without a search it is one empty point. A random search over lists alone draws without replacement.
    """
    search = recipe.search
    if search.method == SearchMethod.NONE:
        return [{}]
    if not search.ranges:
        return _combinations(search)
    draw, known = random.Random(search.seed), estimator_params(recipe.estimator)  # noqa: S311 - no secret
    points: list[Point] = []
    for _ in range(search.candidates or 0):
        point = {name: draw.choice(values) for name, values in search.values.items()}
        point |= {name: _draw(span, known[name], draw) for name, span in search.ranges.items()}
        if point not in points:
            points.append(point)
    return points


def _combinations(search: Search) -> list[Point]:
    every = [dict(zip(search.values, each, strict=True)) for each in itertools.product(*search.values.values())]
    if search.candidates is None or search.candidates >= len(every):
        return every
    return random.Random(search.seed).sample(every, search.candidates)  # noqa: S311 - no secret


def _draw(span: Span, known: Parameter, draw: random.Random) -> float:
    if span.scale == "log":
        value = math.exp(draw.uniform(math.log(span.low), math.log(span.high)))
    else:
        value = draw.uniform(span.low, span.high)
    value = min(max(value, span.low), span.high)
    return round(value) if known.kind is Kind.INTEGER else value
