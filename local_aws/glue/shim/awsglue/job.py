"""The job as its script sees it."""

from collections.abc import Mapping
from typing import Any

from awsglue import bookmark


class Job:
    """Begins and commits a job's bookmark."""

    def __init__(self, glue_context: Any) -> None:
        self.glue_context = glue_context
        self.name = ""
        self._initialized = False

    def init(self, job_name: str, args: Mapping[str, Any] | None = None) -> None:
        """Begin: sources with a transformation context pass over what earlier runs have read, if bookmarks are on."""
        self.name, self.args = job_name, dict(args or {})
        bookmark.current.begin()
        self._initialized = True

    def isInitialized(self) -> bool:
        """Whether ``init`` was called."""
        return self._initialized

    def commit(self) -> None:
        """Let the next run begin where this one ends, if bookmarks are on."""
        bookmark.current.commit()
