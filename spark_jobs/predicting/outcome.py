"""What becomes of a record: a prediction, or the failure that stands in its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

NO_PREDICTION = "NoPrediction"
"""The error type of a record for which the model returned nothing."""


@dataclass(frozen=True)
class Failure:
    """Why a record has no prediction."""

    error_type: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """What an exception says, on one line."""
        return cls(type(error).__name__, " ".join(str(error).split()))


_ATOMS, _TEXT = frozenset({str, int, float, bool, type(None), Failure}), frozenset({str})
Ask = Callable[[Any], Any]
"""One record to one prediction; raises whatever the model raises."""
AskMany = Callable[[Sequence[Any]], Sequence[Any]]
"""Records to as many predictions; raises if any of them is bad."""


def ask_each(ask: Ask, records: Sequence[Any]) -> list[Any]:
    """The prediction or the Failure of every record."""
    return [_settle(ask, record) for record in records]


def ask_all(ask_many: AskMany, ask: Ask, records: Sequence[Any]) -> list[Any]:
    """The same. A model may put an exception in the place of a record's prediction: that record has failed.

    If it raises instead, what fails is halved until each bad record stands alone: 2 log2(n) more calls for one among n.
    The last word on a record that fails has `ask`, because a model says more about one than about many.
    """
    if not records:
        return []
    if len(records) == 1:
        return [_settle(ask, records[0])]
    try:
        found = as_list(ask_many(records))
    except Exception:  # noqa: BLE001 - the model is anybody's code
        found = []
    if len(found) == len(records):
        return [
            _settle(ask, record) if isinstance(prediction, Exception) else _checked(prediction)
            for prediction, record in zip(found, records, strict=True)
        ]
    middle = len(records) // 2
    return ask_all(ask_many, ask, records[:middle]) + ask_all(ask_many, ask, records[middle:])


def _settle(ask: Ask, record: Any) -> Any:
    try:
        prediction = ask(record)
    except Exception as error:  # noqa: BLE001 - the model is anybody's code
        return Failure.of(error)
    return Failure.of(prediction) if isinstance(prediction, Exception) else _checked(prediction)


def _checked(prediction: Any) -> Any:
    if prediction is None or (isinstance(prediction, float) and math.isnan(prediction)):
        return Failure(NO_PREDICTION, f"the model returned {prediction}")
    return prediction


def as_list(found: Any) -> list[Any]:
    """Predictions as a list; of an array, Python's own numbers."""
    return list(found.tolist() if hasattr(found, "tolist") else found)


def plain(value: Any) -> Any:
    """A prediction as values that JSON and Arrow know: of pydantic's models, NumPy's scalars and arrays."""
    kind = type(value)
    if kind in _ATOMS:  # not their subclasses: NumPy's float64 is a float, which JSON's writers need not know
        return value
    if kind is dict and _ATOMS.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return value.tolist() if hasattr(value, "tolist") else value
