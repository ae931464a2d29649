"""What a role's policies allow, pair by pair of action and resource, and which pairs nothing that was called needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.calls.names import BUCKET
from tests.infra.simulator import ACCOUNT, Request

SHORT = re.compile(rf"^arn:aws:[a-z0-9-]+:(us-east-1)?:({ACCOUNT})?:")


def pairs(documents: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """By action: the resources on which a statement allows it."""
    found: dict[str, set[str]] = defaultdict(set)
    for statement in (each for document in documents for each in document["Statement"]):
        for action in _listed(statement["Action"]):
            found[action] |= set(_listed(statement["Resource"]))
    return dict(found)


def unused(allowed: dict[str, set[str]], asked: Iterable[Request]) -> set[str]:
    """Actions that nothing asked for, and of the others the resources, each as `action resource`."""
    needed: dict[str, set[str]] = defaultdict(set)
    for each in asked:
        needed[each.action].add(each.resource)
    found = set()
    for action, resources in allowed.items():
        idle = {each for each in resources if not any(fnmatchcase(name, each) for name in needed[action])}
        found |= {action} if idle == resources else {f"{action} {short(each)}" for each in idle}
    return found


def short(resource: str) -> str:
    """A resource without the account, and without the bucket."""
    return SHORT.sub("", resource).removeprefix(f"{BUCKET}/")


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
