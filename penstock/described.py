"""What a class says of its fields: the string below each, which an editor shows and Python throws away."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap

_OTHERS = frozenset({"abc", "builtins", "enum", "pydantic", "typing"})
"""Packages whose classes say nothing of our fields."""


def field_docs(cls: type) -> dict[str, str]:
    """Name of a field or an enum's member to the string below it, on one line; inherited ones too."""
    found: dict[str, str] = {}
    for each in reversed(cls.__mro__):
        if each.__module__.partition(".")[0] not in _OTHERS:
            found |= _own(each)
    return found


def summary(described: object) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())


def _own(cls: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    if not isinstance(body, ast.ClassDef):
        return {}
    return {
        name: " ".join(text.value.value.split())
        for field, text in itertools.pairwise(body.body)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
        for name in _names(field)
    }


def _names(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]
