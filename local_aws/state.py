"""The state file: how other programs find a running server. It exists only while the server is ready."""

import json
import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def write_state(path: Path, connection: dict[str, str]) -> None:
    """Write the connection at once: a reader sees the whole file or none, and only the owner sees it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w") as file:
        json.dump(connection, file, indent=2)
        file.write("\n")
    draft.replace(path)


def remove_state(path: Path, connection: dict[str, str]) -> None:
    """Remove the file if it still describes this server, not one that was started later."""
    try:
        ours = json.loads(path.read_text()) == connection
    except (OSError, ValueError):
        return
    if ours:
        path.unlink(missing_ok=True)
