"""Job bookmarks: what a job's earlier runs have read, kept by the job and handed to each run as a file.

https://docs.aws.amazon.com/glue/latest/dg/monitor-continuations.html
"""

import json
from dataclasses import dataclass, field
from typing import Any

from local_aws.runtime import Workspace

ENABLED, DISABLED, PAUSED = "job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause"
OPTION = "--job-bookmark-option"
VARIABLE = "LOCAL_AWS_GLUE_BOOKMARK"
GIVEN, COMMITTED = "bookmark.json", "bookmark-committed.json"


class BookmarkOptionError(Exception):
    """An unknown value of ``--job-bookmark-option``."""


@dataclass
class Bookmark:
    """A job's bookmark: ``contexts`` maps a transformation context to what was read in it."""

    job_name: str
    contexts: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    runs: int = 0
    attempt: int = 0
    run_id: str = ""
    previous_run_id: str = ""

    def hand_over(self, workspace: Workspace, option: str) -> dict[str, str]:
        """Write what the run's ``awsglue`` reads and return the variable that names the folder."""
        if option not in {ENABLED, DISABLED, PAUSED}:
            raise BookmarkOptionError(f"{OPTION} must be one of {[ENABLED, DISABLED, PAUSED]}, not {option!r}")
        given = {"option": option, "contexts": {} if option == DISABLED else self.contexts}
        (workspace.folder / GIVEN).write_text(json.dumps(given))
        return {VARIABLE: str(workspace.folder)}

    def take_back(self, workspace: Workspace, *, run_id: str, attempt: int) -> None:
        """Keep what the run's ``job.commit()`` wrote, if it did."""
        written = workspace.folder / COMMITTED
        if not written.exists():
            return
        self.contexts = json.loads(written.read_text())
        self.version += 1
        self.runs += 1
        self.attempt = attempt
        self.previous_run_id, self.run_id = self.run_id, run_id

    def reset(self) -> None:
        """Forget everything that was read."""
        self.contexts = {}
        self.version += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the shape JobBookmarkEntry of the API."""
        return {
            "JobName": self.job_name,
            "Version": self.version,
            "Run": self.runs,
            "Attempt": self.attempt,
            "PreviousRunId": self.previous_run_id,
            "RunId": self.run_id,
            "JobBookmark": json.dumps(self.contexts),
        }
