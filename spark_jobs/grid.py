"""The hyper-parameter grid as it travels on a command line, and as pyspark.ml.tuning takes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyspark.ml.tuning import ParamGridBuilder

from penstock.als import PARAMETERS
from penstock.errors import ArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.ml._typing import ParamMap
    from pyspark.ml.recommendation import ALS

Point = dict[str, float]


def parse_grid(text: str) -> dict[str, list[float]]:
    """The grid of `--grid`; raises ArgumentError naming the parameter, the value and what is accepted."""
    try:
        grid: Any = json.loads(text)
    except ValueError as error:
        raise ArgumentError(f"--grid={text}: not JSON ({error}); expected e.g. {_EXAMPLE}") from error
    if not isinstance(grid, dict) or not grid:
        raise ArgumentError(f"--grid={text}: expected a JSON object of parameter lists, e.g. {_EXAMPLE}")
    return {name: _values(name, values) for name, values in grid.items()}


def param_maps(estimator: ALS, grid: Mapping[str, list[float]]) -> list[ParamMap]:
    """Every combination, the last parameter varying fastest."""
    builder = ParamGridBuilder()
    for name, values in grid.items():
        builder.addGrid(estimator.getParam(name), values)
    return list(builder.build())


def point(param_map: ParamMap) -> Point:
    """One combination by the parameters' names."""
    return {param.name: value for param, value in param_map.items()}


def _values(name: str, values: object) -> list[float]:
    if name not in PARAMETERS:
        raise ArgumentError(f"--grid: unknown ALS parameter {name!r}; {did_you_mean(name, PARAMETERS)}")
    if not isinstance(values, list) or not values:
        raise ArgumentError(f"--grid: {name} is {json.dumps(values)}; expected a list with at least one value")
    accepted = PARAMETERS[name]
    for value in values:
        if not accepted.accepts(value):
            wanted = f"{accepted.kind.__name__}s from {accepted.low:g} to {accepted.high:g}"
            raise ArgumentError(f"--grid: {name} has {json.dumps(value)}; expected {wanted}")
    return [accepted.kind(value) for value in values]


_EXAMPLE = '{"rank": [64], "regParam": [0.05, 0.1]}'
