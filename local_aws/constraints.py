"""What a request's members must be like, from the same service models that clients are made of.

AWS checks every request against the model of its service before the service sees it; the message is that of its
framework: https://smithy.io/2.0/spec/constraint-traits.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Failure = tuple[Any, str, str]
MISSING = "Member must not be null"


def violations(shape: Any, value: Any, path: str = "") -> Iterator[Failure]:
    """Yield the value, the path and the broken constraint of each member that its shape (botocore's) does not allow."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        yield from _members(shape, value, path)
    elif shape.type_name == "list" and isinstance(value, Sequence):
        yield from _broken(shape, value, path)
        for number, item in enumerate(value, start=1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for key, item in value.items():
            yield from violations(shape.value, item, f"{path}.{key}.member")
    else:
        yield from _broken(shape, value, path)


def _members(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[Failure]:
    for name, member in shape.members.items():
        inside = f"{path}.{_lower(name)}" if path else _lower(name)
        if value.get(name) is not None:
            yield from violations(member, value[name], inside)
        elif name in shape.required_members:
            yield None, inside, MISSING


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _broken(shape: Any, value: Any, path: str) -> Iterator[Failure]:
    rules = shape.metadata
    size = len(value) if isinstance(value, (str, list)) else value
    kind = "length" if isinstance(value, (str, list)) else "value"
    if "enum" in rules and value not in rules["enum"]:
        yield value, path, f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]"
    if not isinstance(size, (int, float)):
        return
    if "max" in rules and size > rules["max"]:
        yield value, path, f"Member must have {kind} less than or equal to {rules['max']}"
    if "min" in rules and size < rules["min"]:
        yield value, path, f"Member must have {kind} greater than or equal to {rules['min']}"
    if isinstance(value, str) and not _matches(rules.get("pattern"), value):
        yield value, path, f"Member must satisfy regular expression pattern: {rules['pattern']}"


def _matches(pattern: str | None, value: str) -> bool:
    try:
        return pattern is None or re.fullmatch(pattern, value) is not None
    except re.error:  # Java's patterns are not all Python's
        return True


def constraint_message(shape: Any, parameters: Mapping[str, Any]) -> str | None:
    """Return AWS's message for a request whose parameters its input shape does not allow; nothing if it does."""
    found = list(violations(shape, parameters))
    if not found:
        return None
    details = [f"{_shown(value)} at '{path}' failed to satisfy constraint: {rule}" for value, path, rule in found]
    return f"{len(found)} validation error{'s' * (len(found) > 1)} detected: {'; '.join(details)}"


def _shown(value: Any) -> str:
    return "Value null" if value is None else f"Value '{value}'"
