"""Passwords and keys of the local stack: generated once, readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from tools.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

USER = "admin"
"""Airflow's only user in the local stack."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the servers of one stack share."""

    airflow_password: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(12))
    jwt_secret: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(64))
    api_secret_key: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    fernet_key: str = field(
        repr=False, default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    )
    aws_access_key_id: str = field(default_factory=lambda: "PENSTOCK" + secrets.token_hex(6).upper())
    aws_secret_access_key: str = field(repr=False, default_factory=lambda: secrets.token_hex(20))
    database_password: str = field(repr=False, default="")
    """PostgreSQL's, which only containers have."""
    serving_key: str = field(repr=False, default="")
    """The real-time service's key of the role admin; empty where it asks for none."""


def load_or_create(home: Path) -> Credentials:
    """Read `<home>/secrets.json`, or write it; raises ToolError if it is damaged."""
    path = home / "secrets.json"
    if not path.exists():
        credentials = Credentials()
        write_private(path, json.dumps(asdict(credentials), indent=2) + "\n")
        return credentials
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = [each.name for each in fields(Credentials) if each.default != "" or each.name in data]
        return Credentials(**{name: str(data[name]) for name in known})
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(f"{path} is damaged ({error!r}). Stop the stack with `make down` and delete it.") from error


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, with mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(path)
