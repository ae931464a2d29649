"""What earlier runs of the job have read: a file from the server at the start, a file for the server at ``commit``."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VARIABLE = "LOCAL_AWS_GLUE_BOOKMARK"  # the folder of both files
ENABLED, DISABLED = "job-bookmark-enable", "job-bookmark-disable"


class Bookmark:
    """The files that were read, by transformation context, with the time of their last change in milliseconds."""

    def __init__(self) -> None:
        self.option = DISABLED
        self._contexts: dict[str, Any] = {}
        self._read: dict[str, dict[str, int]] = {}
        folder = os.environ.get(VARIABLE)
        self._folder = Path(folder) if folder else None

    def begin(self) -> None:
        """Take what the server knows."""
        if self._folder:
            given = json.loads((self._folder / "bookmark.json").read_text())
            self.option, self._contexts = given["option"], given["contexts"]

    def unread(self, context: str, files: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return the files, each with the time of its last change, that no committed run has read in the context."""
        found = list(files)
        if self.option == DISABLED or not context:
            return found
        known = self._contexts.get(context, {}).get("files", {})
        self._read.setdefault(context, {}).update(found)
        return [(path, changed) for path, changed in found if changed > known.get(path, -1)]

    def commit(self) -> None:
        """Let the server keep what was read."""
        if self.option != ENABLED or not self._folder:
            return
        for context, files in self._read.items():
            known = self._contexts.setdefault(context, {"files": {}})
            known["files"].update(files)
        draft = self._folder / "bookmark-committed.draft"
        draft.write_text(json.dumps(self._contexts))
        draft.replace(self._folder / "bookmark-committed.json")


current = Bookmark()
