"""What a reviewer said about a model that had passed its gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class Approval(Document):
    """The answer, and whose it is."""

    kind: ClassVar[str] = "approval"

    approved: bool
    reviewer: str
    """The user's name; empty where nobody answered in time."""
    note: str
    answered_at: str
    """ISO 8601, UTC."""
    version: str = ""
    """Of the model that was asked about: the name of its folder, its bundle and its registration."""
