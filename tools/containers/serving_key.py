"""The workflows' key to the real-time service, made by the service's own command."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tools.containers.secrets import SERVING_KEY, Secrets
from tools.credentials import write_private
from tools.errors import ToolError
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from tools.settings import Settings


def make_serving_key(settings: Settings, secrets: Secrets) -> bool:
    """Make a key of the role admin, keep its hash and itself; False if there is one. Raises ToolError."""
    path = secrets.path(SERVING_KEY)
    if path.exists() and secrets.serving_keys.exists():
        return False
    secrets.serving_keys.parent.mkdir(parents=True, exist_ok=True)
    command = (settings.serving, "-m", "serving", "make-key", "--file", secrets.serving_keys, "--role", "admin")
    done = subprocess.run(  # noqa: S603 - our own command
        [str(each) for each in command], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolError(f"The service made no key: {done.stderr.strip()}")
    write_private(path, done.stdout.strip())
    return True
