"""Frozen dataclasses to JSON and back, strictly: the standard-library core of every document.

Supported field types: str, int, float, bool, Any, nested dataclasses, `list[T]`, `dict[str, T]` and `T | None`.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from penstock.errors import PenstockError, did_you_mean

T = TypeVar("T")


class CodecError(PenstockError):
    """A value does not fit its type; `where` is the key path inside the document."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where or 'the document'}: {problem}")


def encode(value: Any) -> Any:
    """The JSON-shaped form of a dataclass; floats that JSON cannot carry (NaN, infinities) become null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def dumps(data: Any) -> str:
    """JSON as every Penstock document is written: sorted nothing, indented, one trailing newline."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def decode(cls: type[T], data: Any, where: str = "") -> T:
    """Build `cls` from parsed JSON; raises CodecError naming the key path, the value got and the type expected."""
    if not isinstance(data, Mapping):
        raise CodecError(where, f"expected an object, got {_show(data)}")
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in data:
        if key not in fields:
            raise CodecError(_join(where, key), f"unknown key; {did_you_mean(key, fields)}")
    for name, field in fields.items():
        if name not in data and _required(field):
            raise CodecError(_join(where, name), "missing")
    return cls(**{key: _value(hints[key], item, _join(where, key)) for key, item in data.items()})


def _value(hint: Any, data: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if data is None and type(None) in arguments:
            return None
        return _value(next(each for each in arguments if each is not type(None)), data, where)
    if origin is list and isinstance(data, list):
        return [_value(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(data)]
    if origin is dict and isinstance(data, Mapping):
        return {key: _value(arguments[1], item, _join(where, key)) for key, item in data.items()}
    if dataclasses.is_dataclass(hint):
        return decode(hint, data, where)  # type: ignore[arg-type]
    return _scalar(hint, data, where)


def _scalar(hint: Any, data: Any, where: str) -> Any:
    if hint is Any:
        return data
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return _float(data, where)
    exact = isinstance(hint, type) and isinstance(data, hint) and (hint is bool or not isinstance(data, bool))
    if exact:
        return data
    raise CodecError(where, f"expected {getattr(hint, '__name__', hint)}, got {_show(data)}")


def _float(data: int, where: str) -> float:
    try:
        return float(data)
    except OverflowError as error:
        raise CodecError(where, f"expected float, got an integer beyond its range: {str(data)[:20]}...") from error


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _show(data: Any) -> str:
    return f"{type(data).__name__} {json.dumps(data, default=str)[:80]}"


def parse_list(text: str, where: str) -> list[Any]:
    """The JSON list of a job's argument; raises CodecError that names it by `where`."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CodecError(where, f"is not JSON: {error}") from error
    if not isinstance(data, list):
        raise CodecError(where, f"expected a list, got {text[:80]}")
    return data
