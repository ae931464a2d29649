"""What is accepted, by whom it is used and until when: `requirements/policy.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tools.errors import ToolError
from tools.supply.locks import FOLDER

FILE = FOLDER / "policy.toml"


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A known vulnerability that Penstock lives with."""

    id: str
    package: str
    reason: str
    expires: date


@dataclass(frozen=True, kw_only=True)
class Licensed:
    """A package whose licence is not on the list, and why it may be there all the same."""

    package: str
    licence: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The file, read."""

    allowed: frozenset[str]
    """SPDX identifiers."""
    licensed: dict[str, Licensed]
    """By package."""
    stated: dict[str, str]
    """Licences of packages that no environment of this machine installs, or whose metadata do not say."""
    accepted: list[Accepted]


def load(path: Path = FILE) -> Policy:
    """Read the policy; raises ToolError naming what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _policy(data)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ToolError(f"{path} is not a policy: {error}. Its own comments show the form.") from error


def _policy(data: dict[str, Any]) -> Policy:
    licences = data["licences"]
    return Policy(
        allowed=frozenset(licences["allowed"]),
        licensed={each["package"]: Licensed(**each) for each in licences.get("exception", [])},
        stated=dict(licences.get("stated", {})),
        accepted=[Accepted(**each) for each in data.get("vulnerability", [])],
    )
