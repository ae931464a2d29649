"""How long a person waits, from the command to its summary."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(kw_only=True)
class Clock:
    """Started with the command; seconds of the monotonic clock."""

    began: float = field(default_factory=time.monotonic)
    stack_seconds: float = 0.0
    """What the start of the stack took, the download of the data not included."""

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Time the start of the stack."""
        before = time.monotonic()
        yield
        self.stack_seconds = time.monotonic() - before

    @property
    def total_seconds(self) -> float:
        """Since the command began."""
        return time.monotonic() - self.began
