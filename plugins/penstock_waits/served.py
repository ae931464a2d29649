"""What a real-time service says it serves, read as the state of a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SERVING, FAILED = "SERVING", "FAILED"
PASSING = frozenset({0, 409, 429})
"""No answer, another reload under way, too many requests."""


class ServiceError(OSError):
    """A service has not answered, or refuses; `status` is HTTP's, 0 where there was no answer."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether asking again may help."""
        return self.status in PASSING or self.status >= 500  # noqa: PLR2004 - HTTP


def entry_of(listing: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    """What `GET /v1/models` says of the model; empty if the service serves none, or another one."""
    return next((each for each in listing.get("models") or () if each.get("model") == model), {})


def versions_of(listing: Mapping[str, Any], model: str) -> set[str]:
    """The versions that the workers of a service have; an empty one is a worker that has none yet."""
    answering = entry_of(listing, model)
    if not answering:
        return set()
    return {str(each.get("version") or "") for each in (answering, *(listing.get("workers") or ()))}


def under_way(listing: Mapping[str, Any], bundle_uri: str) -> str:
    """The id of the reload of this bundle that a service is about; empty for none."""
    last = listing.get("reload") or {}
    going_on = last.get("status") in {"pending", "loading"} and last.get("bundle_uri") == bundle_uri
    return str(last["id"]) if going_on else ""


def state_of(listing: Mapping[str, Any], asked: Mapping[str, Any], *, model: str, version: str) -> dict[str, Any]:
    """How far a reload is: `SERVING` once every worker has the version and no other, `FAILED`, or where it is.

    `asked` is the answer of `GET /v1/models/reloads/{id}`, empty for a service that has forgotten it.
    """
    if asked.get("status") == "failed":
        return {"state": FAILED, "reasons": [str(asked.get("error") or "the service gave no reason")]}
    versions = versions_of(listing, model)
    if versions == {version}:
        return {"state": SERVING, "reasons": []}
    serves = f"It serves {' and '.join(sorted(versions - {''})) or 'no version'} of {model}"
    return {"state": str(asked.get("status") or "unknown").upper(), "reasons": [serves]}
