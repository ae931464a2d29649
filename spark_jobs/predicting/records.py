"""Lines of text, or rows of a table, as the records that a model is asked for."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.schemas import from_text


class Blank:
    """A line that is no record: empty, or the header of a CSV file."""


BLANK = Blank()


@dataclass(frozen=True)
class Parsed:
    """One line: what the model gets, or why it gets nothing; and the record as it is shown in the output."""

    record: Any
    """A record, a Failure or BLANK."""
    shown: Any


Loads = Callable[[bytes], Any]
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
"""A run of digits that may be a whole number beyond 64 bits."""


def fast_loads() -> Loads:
    """A parser of JSON: orjson if the model's packages have it, else Python's own.

    orjson is some eight times as fast, and reads whole numbers beyond 64 bits as floats.
    """
    try:
        loads: Loads = importlib.import_module("orjson").loads
    except ModuleNotFoundError:
        return json.loads
    return loads


def exact_loads(lines: Sequence[bytes], fast: Loads) -> Loads:
    """What reads these lines as Python's own parser: the fast one, unless one may hold a number beyond 64 bits."""
    return json.loads if _LONG_NUMBER in b"\n".join(lines).translate(_DIGITS_AS_ZERO) else fast


def parse_json(lines: Sequence[bytes], loads: Loads) -> list[Any]:
    """A record, a Failure or BLANK for every line; whole batches at once as long as nothing is wrong."""
    try:
        return [loads(line) for line in lines]
    except ValueError:
        return [_parse_line(line, loads) for line in lines]


def parse_csv(line: bytes, header: Sequence[str], types: dict[str, str]) -> Parsed:
    """A line of CSV by its file's header; fields that the model asks for in their types."""
    if not line.strip():
        return Parsed(BLANK, None)
    try:
        fields = split_csv(line)
    except (csv.Error, UnicodeDecodeError) as error:
        return Parsed(Failure.of(error), {})
    shown = dict(zip(header, fields, strict=False))
    if len(fields) != len(header):
        counts = f"{len(fields)} fields, the file's header has {len(header)}"
        return Parsed(Failure("CsvError", f"the line has {counts}"), shown)
    return Parsed(typed(shown, types), shown)


def split_csv(line: bytes) -> list[str]:
    """The fields of a line; raises csv.Error or UnicodeDecodeError."""
    return next(csv.reader([line.decode().rstrip("\r\n")], strict=True), [])


def typed(fields: dict[str, str], types: dict[str, str]) -> Any:
    """The record with the model's columns in their types, or the Failure of the first that is not of its type."""
    record: dict[str, Any] = dict(fields)
    for name, kind in types.items():
        try:
            record[name] = from_text(fields.get(name), kind)
        except ValueError as error:
            return Failure("ValueError", f"{name}: {error}")
    return record


def _parse_line(line: bytes, loads: Loads) -> Any:
    if not line.strip():
        return BLANK
    try:
        return loads(line)
    except ValueError:
        return _parse_slowly(line)


def _parse_slowly(line: bytes) -> Any:
    """What Python's own parser takes is a record: NaN, Infinity, lone surrogates."""
    try:
        return json.loads(line.decode())
    except ValueError as error:
        return Failure.of(error)
