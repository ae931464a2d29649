"""What a job says while it works: lines on stdout, which EMR and Glue keep as the step's log."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress:
    """Prints lines with the seconds since the job began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()

    @property
    def seconds(self) -> float:
        """Since the job began, to the millisecond."""
        return round(self._clock() - self._began, 3)

    def __call__(self, sentence: str) -> None:
        """Print now: a buffered line is lost when the step is killed."""
        sys.stdout.write(f"[{self.seconds:6.1f} s] {sentence}\n")
        sys.stdout.flush()
