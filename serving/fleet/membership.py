"""Which workers live: each holds a lock on a file of its own, which the kernel releases with the process."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

_SUFFIX = ".worker"


class Membership:
    """One worker's place among the others."""

    def __init__(self, folder: Path) -> None:
        """Joins."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._descriptor = self._locked()

    def living(self) -> tuple[frozenset[str], frozenset[str]]:
        """The workers that live, and those that were found dead now: their files are removed."""
        found = {path.name.removesuffix(_SUFFIX) for path in self._folder.glob(f"*{_SUFFIX}")}
        dead = frozenset(name for name in found - {self.name} if self._is_dead(name))
        return frozenset(found - dead), dead

    def leave(self) -> None:
        """Not waited for any more."""
        self._path(self.name).unlink(missing_ok=True)
        os.close(self._descriptor)

    def _locked(self) -> int:
        """The lock on the own file; made again if another worker took it for a dead one's before it was locked."""
        while True:
            descriptor = os.open(self._path(self.name), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)

    def _is_dead(self, name: str) -> bool:
        try:
            descriptor = os.open(self._path(name), os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path(name).unlink(missing_ok=True)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def pid_of(name: str) -> int:
    """The process of a worker."""
    return int(name.partition("-")[0])
