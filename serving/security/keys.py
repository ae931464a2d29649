"""API keys: made once, shown once, kept as hashes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from penstock.codec import CodecError, decode
from serving.atomic import write_private

_PREFIX = "pst"
_SECRET_BYTES = 32
"""256 random bits: no dictionary holds them, so one SHA-256 hides them as well as a slow hash would."""
_LOOK_AGAIN_SECONDS = 1.0
_OTHERS_MAY_WRITE = 0o022


class Role(StrEnum):
    """What a caller may do: a reader asks, an admin also loads bundles."""

    READER = "reader"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """Who asks: an id for the log and the rate limit, never a secret."""

    id: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class StoredKey:
    """What is kept of a key."""

    id: str
    role: str
    sha256: str
    created: str


@dataclass(frozen=True, kw_only=True)
class KeyFile:
    """The keys of a service."""

    keys: list[StoredKey]


def make_key(role: Role) -> tuple[str, StoredKey]:
    """A new key, and what to keep of it."""
    name = secrets.token_hex(4)
    text = f"{_PREFIX}_{name}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return text, StoredKey(id=name, role=role.value, sha256=_hash(text), created=created)


def add_key(path: Path, role: Role) -> str:
    """Add a new key to the file, which nobody else may read, and return the key."""
    text, stored = make_key(role)
    keys = read_keys(path) if path.exists() else []
    content = json.dumps(asdict(KeyFile(keys=[*keys, stored])), indent=2) + "\n"
    write_private(path, content.encode())
    return text


def read_keys(path: Path) -> list[StoredKey]:
    """The keys of a file; raises ValueError with a sentence if it is damaged or others may write it."""
    try:
        mode = path.stat().st_mode
        data = json.loads(path.read_bytes())
        keys = decode(KeyFile, data).keys
        for key in keys:
            Role(key.role)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, CodecError) as error:
        raise ValueError(f"{path} is no file of keys: {error}. Write one with `python -m serving make-key`") from error
    if mode & _OTHERS_MAY_WRITE:
        raise ValueError(f"{path} can be written by others, who could add keys of their own: chmod 600 {path}")
    return keys


class Keys:
    """The keys that a service accepts; a change of the file counts within a second."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError if the file cannot be used."""
        self._path = path
        self._mark = self._stat()
        self._keys = {key.id: key for key in read_keys(path)}
        self._looked = time.monotonic()

    def caller(self, text: str) -> Caller | None:
        """Who has this key; None if nobody."""
        self._look_again()
        prefix, _, rest = text.partition("_")
        stored = self._keys.get(rest.partition("_")[0])
        expected = stored.sha256 if stored else _hash("")
        same = hmac.compare_digest(_hash(text), expected)
        return Caller(stored.id, Role(stored.role)) if same and stored and prefix == _PREFIX else None

    def _look_again(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_AGAIN_SECONDS:
            return
        self._looked = now
        mark = self._stat()
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._keys = {key.id: key for key in read_keys(self._path)}
        except ValueError as error:
            sys.stderr.write(f"The keys stay as they were: {error}\n")

    def _stat(self) -> tuple[int, int, int]:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - a third of the time of Path.stat
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
