"""Passwords and keys of the containers: generated once, one file each, in a volume for those who need them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from tools.credentials import Credentials, write_private

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE, DEFAULT = "PENSTOCK_SECRETS", "/secrets"
SERVING_KEY = "serving_key"
VOLUMES: Mapping[str, tuple[str, ...]] = {
    "aws": ("aws_access_key_id", "aws_secret_access_key"),
    "airflow": ("fernet_key", "jwt_secret", "api_secret_key"),
    "database": ("database_password",),
    "login": ("airflow_password", SERVING_KEY),
}
"""Which volume holds which field of the credentials; a service mounts only the volumes that it needs."""


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The folder with the volumes as subfolders."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Secrets:
        """Where this container has them."""
        return cls(folder=Path(os.environ.get(VARIABLE) or DEFAULT))

    @property
    def serving_keys(self) -> Path:
        """The file with the hashes of the real-time service's keys."""
        return self.folder / "serving" / "keys.json"

    def path(self, name: str) -> Path:
        """The file of one field; raises StopIteration for a name that no volume has."""
        return self.folder / next(volume for volume, names in VOLUMES.items() if name in names) / name

    def generate(self) -> list[str]:
        """Write what is missing and return its names; what is there stays. The service's key is made by the service."""
        new = _new()
        missing = [name for names in VOLUMES.values() for name in names if name in new and not self.path(name).exists()]
        for name in missing:
            write_private(self.path(name), new[name])
        return missing

    def credentials(self) -> Credentials:
        """What this container may know; the rest is empty."""
        found = {each.name: self.path(each.name) for each in fields(Credentials)}
        return Credentials(**{name: path.read_text("utf-8") if path.exists() else "" for name, path in found.items()})


def _new() -> dict[str, str]:
    made = Credentials(database_password=secrets.token_urlsafe(32))
    return {each.name: getattr(made, each.name) for each in fields(Credentials) if getattr(made, each.name)}
