"""The record: a file to which several processes append, one line of JSON for each call."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OWNER = "owner"
"""Who signs with the server's own keys: a developer, a tool, everything that has no role."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """Where the lines go, and whose keys sign requests: names of IAM roles by access key."""

    path: Path
    principals: Mapping[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Make the file for its owner alone; lines of an earlier server stay."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))

    def principal(self, key_id: str) -> str:
        """Return the role that an access key belongs to, `owner` for the server's own, nothing for a stranger's."""
        return self.principals.get(key_id, "")

    def write(self, *, principal: str, service: str, operation: str, status: int, **more: Any) -> None:
        """Append one call; what is empty is left out."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "principal": principal,
            "service": service,
            "operation": operation,
            **{name: value for name, value in more.items() if value},
            "status": status,
        }
        # One write to a file that is opened for appending: lines of several processes do not mix.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, f"{json.dumps(line)}\n".encode())
        finally:
            os.close(descriptor)
