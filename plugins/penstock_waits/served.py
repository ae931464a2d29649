"""What a real-time service says it serves, read as the state of a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SERVING, FAILED = "SERVING", "FAILED"


class ServiceError(OSError):
    """A service has not answered, or refuses; `status` is HTTP's, 0 where there was no answer."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether asking again may help."""
        return self.status in {0, 429} or self.status >= 500  # noqa: PLR2004 - HTTP


def workers_of(listing: Mapping[str, Any], model: str) -> list[Mapping[str, Any]]:
    """The entries of `GET /v1/models` that are this model's: one for each version that a worker of the service has."""
    return [each for each in listing.get("models") or () if each.get("model") == model]


def state_of(listing: Mapping[str, Any], asked: Mapping[str, Any], *, model: str, version: str) -> dict[str, Any]:
    """How far a reload is: `SERVING` once every worker has the version and no other, `FAILED`, or where it is.

    `asked` is the answer of `GET /v1/models/reloads/{id}`, empty for a service that has forgotten it.
    """
    if asked.get("status") == "failed":
        return {"state": FAILED, "reasons": [str(asked.get("error") or "the service gave no reason")]}
    versions = sorted({str(each.get("version")) for each in workers_of(listing, model)})
    if versions == [version]:
        return {"state": SERVING, "reasons": []}
    serves = f"it serves {' and '.join(versions) or 'no version'} of {model}"
    return {"state": str(asked.get("status") or "unknown").upper(), "reasons": [serves]}
