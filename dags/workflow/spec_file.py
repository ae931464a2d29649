"""Reads a workflow's YAML, and says what is wrong in the words of the file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from penstock.errors import SpecError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

S = TypeVar("S", bound=BaseModel)

REFUSED = "refused"
"""pydantic's kind of error for what `refused` makes."""


def load_spec(path: Path, model: type[S]) -> S:
    """Parse and validate; raises SpecError with the file, and one line per key: path, got, expected, remedy."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = [_line(each, data, model) for each in error.errors(include_url=False)]
        raise SpecError("\n".join([f"{path} does not fit {model.__name__}:", *lines])) from error


def refused(below: str, problem: str) -> PydanticCustomError:
    """To be raised for a value that rules of its own refuse; `below` is the place in it, such as `.stages[0].stage`."""
    return PydanticCustomError(REFUSED, "{problem}", {"below": below, "problem": problem})


class _UniqueKeys(yaml.SafeLoader):  # type: ignore[misc]
    """PyYAML keeps the last of repeated keys in silence; a value that is not used should be an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """The mapping; raises ConstructorError naming the repeated key and its line."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _line(error: ErrorDetails, data: Any, model: type[BaseModel]) -> str:
    below = error.get("ctx", {}).get("below", "")
    return f"  {_path(error['loc'])}{below}: {_problem(error, data, model)}"


def _path(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != "[key]"]
    return "".join(parts).lstrip(".") or "the document"


def _problem(error: ErrorDetails, data: Any, model: type[BaseModel]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "missing"
    if kind == "extra_forbidden":
        return f"unknown key; {did_you_mean(str(error['loc'][-1]), _fields(model, error['loc'][:-1]))}"
    if kind == REFUSED:
        return str(context["problem"])
    if kind == "value_error":
        return str(context["error"])
    got = _at(data, error["loc"])
    if kind in {"enum", "literal_error"}:
        choices = [each.strip(" '") for each in context["expected"].replace(" or ", ",").split(",")]
        return f"got {_show(got)}; {did_you_mean(str(got), choices)}"
    return f"got {_show(got)}, expected {_expected(error['msg'])}"


def _expected(message: str) -> str:
    return re.sub(r"^(Input should be|String should|List should have|Dictionary should have) ", "", message)


def _at(data: Any, location: tuple[int | str, ...]) -> Any:
    if location and location[-1] == "[key]":
        return location[-2]
    for part in location:
        data = _child(data, part)
    return data


def _child(data: Any, part: int | str) -> Any:
    return data[part] if isinstance(data, (dict, list)) else data  # type: ignore[index]


def _fields(model: Any, location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at `location` knows; descends through lists, mappings and optional values."""
    for part in location:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(part)].annotation
        else:
            model = get_args(model)[-1]
        model = next((each for each in get_args(model) if _is_model(each)), model) if _is_union(model) else model
    return list(model.model_fields)


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _is_union(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _show(value: Any) -> str:
    return json.dumps(value, default=str)[:80]
