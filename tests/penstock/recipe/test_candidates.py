import math
from typing import Any

from penstock.recipe.candidates import candidates
from penstock.recipe.rules import read_recipe
from tests.penstock.recipe.recipes import INCOME

LISTS = {"maxDepth": [4, 6], "stepSize": [0.1, 0.3]}
EVERY = [
    {"maxDepth": 4, "stepSize": 0.1},
    {"maxDepth": 4, "stepSize": 0.3},
    {"maxDepth": 6, "stepSize": 0.1},
    {"maxDepth": 6, "stepSize": 0.3},
]


def points(**search: Any) -> list[dict[str, Any]]:
    return candidates(read_recipe({**INCOME, "search": search}))


def test_no_search_is_one_point_without_parameters() -> None:
    assert points(method="none") == [{}]


def test_every_combination_of_a_grid_the_last_parameter_varying_fastest() -> None:
    assert points(method="grid", values=LISTS) == EVERY


def test_draws_from_lists_are_without_replacement() -> None:
    drawn = points(method="random", values=LISTS, candidates=3, seed=1)
    assert len(drawn) == 3
    assert all(each in EVERY for each in drawn)
    assert len({str(each) for each in drawn}) == 3
    assert points(method="random", values=LISTS, candidates=9) == EVERY


def test_one_seed_one_draw() -> None:
    search = {"method": "random", "values": LISTS, "ranges": {"maxIter": {"low": 5, "high": 500}}, "candidates": 4}
    assert points(**search) == points(**search)
    assert points(**search) != points(**search, seed=7)


def test_draws_from_ranges_are_of_the_parameters_type_and_inside() -> None:
    drawn = points(
        method="random",
        ranges={"maxIter": {"low": 5, "high": 50}, "stepSize": {"low": 0.001, "high": 1.0, "scale": "log"}},
        candidates=200,
    )
    assert all(isinstance(each["maxIter"], int) and 5 <= each["maxIter"] <= 50 for each in drawn)
    assert all(0.001 <= each["stepSize"] <= 1.0 for each in drawn)
    middle = sorted(each["stepSize"] for each in drawn)[100]
    assert abs(math.log10(middle) + 1.5) < 0.3  # a uniform exponent: the median is near 10 ** -1.5


def test_a_draw_that_repeats_another_is_tried_once() -> None:
    drawn = points(method="random", ranges={"maxDepth": {"low": 1, "high": 2}}, candidates=50)
    assert sorted(each["maxDepth"] for each in drawn) == [1, 2]
