"""Types of a spec's models, in the words of somebody who writes YAML."""

from __future__ import annotations

from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_WORDS = {NoneType: "null", str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def parts(hint: Any) -> tuple[str, type[BaseModel] | None]:
    """What stands between a key and those of the model nested in it (`.`, `[].`, `.<name>.`), and that model."""
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return ".", hint
    if origin is dict:
        return ".<name>.", parts(arguments[1])[1]
    if origin in (list, tuple):
        return "[].", parts(arguments[0])[1]
    found = [parts(each) for each in arguments if each is not NoneType]
    return next((each for each in found if each[1]), ("", None))


def words(hint: Any) -> str:
    """The type in words; choices are all named."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hasattr(hint, "__metadata__"):
        return words(arguments[0])
    if origin is Literal:
        return _choices(arguments)
    if origin in (dict, list):
        return f"list of {words(arguments[0])}" if origin is list else f"{words(arguments[1])} by name"
    return " or ".join(map(words, arguments)) if arguments else _word(hint)


def _word(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _choices([each.value for each in hint])
    return _WORDS.get(hint, "block")


def limits(field: FieldInfo) -> str:
    """The range, or the pattern, of a value."""
    found = [_limit(each) for each in [*field.metadata, *_inner(field.annotation)]]
    return ", ".join(dict.fromkeys(filter(None, found)))


def _inner(hint: Any) -> list[Any]:
    """What is asked of the elements of a list or of one side of a union."""
    found: list[Any] = []
    for each in get_args(hint):
        for about in getattr(each, "__metadata__", ()):
            found += getattr(about, "metadata", [about])
    return found


def _limit(about: Any) -> str:
    if getattr(about, "min_length", None) == 1:
        return "not empty"
    shown = {"ge": "from {:,}", "gt": "above {:,}", "le": "to {:,}", "lt": "below {:,}", "min_length": "at least {:,}"}
    for name, text in shown.items():
        if (value := getattr(about, name, None)) is not None:
            return text.format(value)
    pattern = getattr(about, "pattern", None)
    return f"`{pattern}`" if pattern else ""


def _choices(values: Any) -> str:
    return ", ".join(f"`{each}`" for each in values)
