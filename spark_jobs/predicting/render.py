"""Records and predictions as lines of output."""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

from spark_jobs.predicting.outcome import Failure

Dumps = Callable[[Any], bytes]


def fast_dumps() -> Dumps:
    """A writer of JSON: orjson if the model's packages have it, else Python's own; NaN becomes null."""
    try:
        orjson = importlib.import_module("orjson")
    except ModuleNotFoundError:
        return _dumps
    return lambda value: _first(orjson.dumps, value)


def json_line(source: bytes, prediction: Any, dumps: Dumps) -> bytes:
    """`source` is the record as JSON."""
    return b'{"input": ' + source + b', "prediction": ' + dumps(settled(prediction)) + b"}"


def classic_line(record: Any, prediction: Any) -> bytes:
    """As mrjob's JSONProtocol writes a pair: Python's json with its own separators, and escapes beyond ASCII."""
    return f"{_classic(record)}\t{_classic(settled(prediction))}".encode()


def _classic_dumps() -> Callable[[Any], str]:
    """`json.dumps` with its C encoder made once and not for every value, which takes half of its time."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return lambda value: json.dumps(value, default=str)
    plain = json.JSONEncoder()
    flags = (plain.sort_keys, plain.skipkeys, plain.allow_nan)
    encode = make(None, str, encode_basestring_ascii, None, plain.key_separator, plain.item_separator, *flags)
    return lambda value: "".join(encode(value, 0))


_classic = _classic_dumps()


def csv_line(fields: Sequence[Any]) -> bytes:
    """Fields by RFC 4180, nothing for None, without the end of the line; line breaks inside become blanks."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(["" if each is None else _cell(each) for each in fields])
    return text.getvalue().encode()


def cells(prediction: Any, columns: Sequence[str]) -> list[Any]:
    """The prediction in the columns that its schema names; in one column, whole."""
    value = settled(prediction)
    if not columns:
        return [value]
    return [value.get(name) if isinstance(value, dict) else None for name in columns]


def settled(prediction: Any) -> Any:
    """A Failure stands in the output as null."""
    return None if isinstance(prediction, Failure) else prediction


def as_json(value: Any) -> str:
    """Any value as JSON text, on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.splitlines()) if "\n" in value or "\r" in value else value
    return as_json(value)


def _dumps(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).encode()
    except ValueError:
        return json.dumps(_without_nan(value), ensure_ascii=False, default=str).encode(errors="replace")


def _first(dumps: Callable[..., bytes], value: Any) -> bytes:
    """By orjson; what it refuses (whole numbers beyond 64 bits, lone surrogates) by Python's own."""
    try:
        return dumps(value, default=str)
    except TypeError:
        return _dumps(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and (not math.isfinite(value)) else value
