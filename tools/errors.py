"""What the tools raise on purpose; the command line prints it and exits with its status."""

from __future__ import annotations

from penstock.errors import PenstockError

FAILED = 1
UNUSABLE = 2
"""Exit status when nothing was started because the machine or the settings do not allow it."""
INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""


class ToolError(PenstockError):
    """A command cannot do what was asked; `status` is its exit status."""

    def __init__(self, message: str, *, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status
