"""Recipes that are right, and how to make them wrong."""

import copy
import json
from typing import Any

import pytest

from penstock.codec import CodecError
from penstock.recipe.rules import parse_recipe

INCOME: dict[str, Any] = {
    "problem": "binary",
    "label": {"column": "income", "positive": ">50K"},
    "columns": {"number": ["age", "hours"], "category": ["country"], "text": ["essay"]},
    "stages": [
        {"stage": "StringIndexer", "columns": ["country"], "params": {"handleInvalid": "keep"}},
        {
            "stage": "VectorAssembler",
            "columns": ["age", "hours", "country_index"],
            "outputs": ["features"],
            "params": {"handleInvalid": "error"},
        },
    ],
    "estimator": {"name": "GBTClassifier", "params": {"maxBins": 64}},
    "search": {"method": "grid", "values": {"maxDepth": [4, 6], "stepSize": [0.1, 0.3]}},
    "metric": "pr_auc",
}
RATINGS: dict[str, Any] = {
    "problem": "recommendation",
    "label": {"column": "rating"},
    "columns": {"number": ["user_id", "item_id"]},
    "estimator": {"name": "ALS", "columns": {"user": "user_id", "item": "item_id"}},
}
BASKETS: dict[str, Any] = {
    "problem": "patterns",
    "columns": {"words": ["items"]},
    "estimator": {"name": "FPGrowth", "columns": {"items": "items"}},
}
SPECIES: dict[str, Any] = {
    "problem": "multiclass",
    "label": {"column": "species"},
    "columns": {"vector": ["features"]},
    "estimator": {"name": "OneVsRest", "classifier": "LogisticRegression", "params": {"classifier.regParam": 0.1}},
}
DROP = object()


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The recipe with one value put, or dropped, at a path such as `stages.0.params.handleInvalid`."""
    data = copy.deepcopy(data)
    *parents, last = (int(key) if key.isdigit() else key.replace("/", ".") for key in path.split("."))
    place: Any = data
    for key in parents:
        place = place[key] if isinstance(key, int) else place.setdefault(key, {})
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return data


Wrong = tuple[dict[str, Any], str, Any, str]
"""A right recipe, the path of the change, the wrong value, the message."""


def assert_refused(wrong: Wrong) -> None:
    data, path, value, message = wrong
    with pytest.raises(CodecError) as failure:
        parse_recipe(json.dumps(changed(data, path, value)))
    assert str(failure.value) == message


def name(wrong: Wrong) -> str:
    return f"{wrong[1]}={wrong[2]!r:.20}"
