"""The fields of dataclasses as rows of a table."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from penstock.described import field_docs, summary
from tools.docs.markdown import code, section, table
from tools.docs.meanings import MEANINGS

HEAD = ("field", "type", "default", "meaning")


def described(cls: type, *, level: int = 2, heading: str = "") -> str:
    """A dataclass as a section: what it is, and its fields."""
    return section(heading or code(cls.__name__), summary(cls), table(HEAD, rows(cls)), level=level)


def rows(cls: type) -> Iterator[tuple[str, str, str, str]]:
    """Name, type, default and meaning of each field."""
    docs = field_docs(cls)
    hints = typing.get_type_hints(cls)
    for each in dataclasses.fields(cls):
        meaning = docs.get(each.name) or _of_parts(hints[each.name]) or _alike(cls, each.name)
        yield code(each.name), shown_type(hints[each.name]), shown_default(each), meaning


def nested(cls: type) -> list[type]:
    """The dataclasses that fields of `cls` hold, theirs too, in the order in which they are met."""
    found: dict[type, None] = {}
    for hint in typing.get_type_hints(cls).values():
        for each in _dataclasses(hint):
            if each not in found:
                found |= {each: None} | dict.fromkeys(nested(each))
    return list(found)


def _alike(cls: type, name: str) -> str:
    return MEANINGS.get(f"{cls.__name__}.{name}") or MEANINGS.get(name, "")


def _of_parts(hint: Any) -> str:
    return next(map(summary, _dataclasses(hint)), "")


def _dataclasses(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        yield hint
    for each in typing.get_args(hint):
        yield from _dataclasses(each)


def shown_type(hint: Any) -> str:
    """A type as a reader of JSON would say it."""
    arguments = [shown_type(each) for each in typing.get_args(hint) if each is not type(None)]
    origin = typing.get_origin(hint)
    if origin is list:
        return f"list of {arguments[0]}"
    if origin is dict:
        return f"{arguments[1]} by name"
    if origin is not None:
        return " or ".join(arguments) + (" or null" if type(None) in typing.get_args(hint) else "")
    if hint is Any:
        return "anything"
    name = str(getattr(hint, "__name__", hint))
    return code(name) if dataclasses.is_dataclass(hint) else name


def shown_default(field: dataclasses.Field[Any]) -> str:
    """A default as JSON would have it; `needed` where there is none."""
    if field.default_factory is not dataclasses.MISSING:
        made = field.default_factory()
        return code("none" if made == [] else "{}" if made == {} else "its defaults")
    if field.default is dataclasses.MISSING:
        return "needed"
    return code(str(field.default) if isinstance(field.default, StrEnum) else json.dumps(field.default))
