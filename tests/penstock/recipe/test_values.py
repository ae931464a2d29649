"""A recipe as values: JSON both ways, defaults, fingerprint."""

from typing import Any

import pytest

from penstock.codec import CodecError
from penstock.recipe.rules import parse_recipe, read_recipe
from penstock.recipe.values import Label, Validation
from tests.penstock.recipe.recipes import BASKETS, INCOME, RATINGS, SPECIES, changed


@pytest.mark.parametrize("data", [INCOME, RATINGS, BASKETS, SPECIES])
def test_json_both_ways(data: dict[str, Any]) -> None:
    recipe = read_recipe(data)
    assert parse_recipe(recipe.to_json()) == recipe
    assert "\n" not in recipe.to_json()


def test_what_a_recipe_says() -> None:
    recipe = read_recipe(INCOME)
    assert recipe.label == Label(column="income", positive=">50K")
    assert [stage.output_names() for stage in recipe.stages] == [["country_index"], ["features"]]
    assert recipe.comparison is not None
    assert recipe.comparison.higher_is_better is True
    assert (recipe.seed, recipe.parallelism, recipe.validation) == (42, 1, Validation())
    assert recipe.validation.describe() == "cross_validation: 3 folds"
    by_time = Validation(method="time", column="sold_at", fraction=0.25)
    assert by_time.describe() == "time: 0.25 of the training rows by sold_at"


def test_equal_recipes_have_equal_fingerprints_whatever_the_order_of_keys() -> None:
    backwards = dict(reversed(INCOME.items()))
    assert read_recipe(INCOME).fingerprint == read_recipe(backwards).fingerprint
    assert read_recipe(INCOME).fingerprint != read_recipe({**INCOME, "seed": 1}).fingerprint


def test_what_is_required_may_be_searched() -> None:
    perceptron = {
        **changed(SPECIES, "estimator", {"name": "MultilayerPerceptronClassifier"}),
        "search": {"method": "grid", "values": {"layers": [[4, 5, 3], [4, 9, 3]]}},
        "metric": "accuracy",
    }
    assert read_recipe(perceptron).search.values["layers"] == [[4, 5, 3], [4, 9, 3]]


def test_text_that_is_not_json() -> None:
    with pytest.raises(CodecError, match=r"^recipe: not JSON \(Expecting value"):
        parse_recipe("problem: binary")
