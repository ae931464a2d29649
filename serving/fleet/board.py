"""The board: what the workers of a service tell each other, and the steps by which a reload goes on."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from penstock.codec import CodecError, decode
from serving.atomic import write_private

_REMEMBERED = 20


class Status(StrEnum):
    """Where a reload is; SWITCHING is shown to callers as loading."""

    PENDING = "pending"
    LOADING = "loading"
    SWITCHING = "switching"
    """Every worker has it ready: it will be served."""
    LOADED = "loaded"
    FAILED = "failed"


ENDED = frozenset({Status.LOADED, Status.FAILED})


@dataclass(frozen=True, kw_only=True)
class Reload:
    """One reload that was asked for."""

    id: str
    bundle_uri: str
    version: str
    requested: float
    """Seconds since 1970."""
    status: str = Status.PENDING.value
    error: str | None = None
    ready: list[str] = field(default_factory=list)
    """Workers that have the bundle open beside the one they serve."""

    @property
    def ended(self) -> bool:
        """Whether it is loaded or failed."""
        return self.status in ENDED


@dataclass(frozen=True, kw_only=True)
class Member:
    """What one worker serves."""

    pid: int
    version: str | None = None
    loaded_at: str | None = None
    generation: int = 0
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything on the board."""

    bundle_uri: str = ""
    """What every worker is to serve."""
    generation: int = 0
    """Counts the bundles that were agreed on; 0 is none."""
    reloads: list[Reload] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def last(self) -> Reload | None:
        """The reload that was asked for last."""
        return self.reloads[-1] if self.reloads else None

    def with_last(self, reload: Reload) -> State:
        """The same with another last reload."""
        return replace(self, reloads=[*self.reloads[:-1], reload])


def asked(state: State, bundle_uri: str, version: str) -> State:
    """With one more reload; the last one must have ended."""
    new = Reload(id=secrets.token_hex(8), bundle_uri=bundle_uri, version=version, requested=time.time())
    return replace(state, reloads=[*state.reloads[-_REMEMBERED + 1 :], new])


def failed(state: State, reload_id: str, error: str) -> State:
    """The reload failed, unless it is over or agreed on; what is served stays."""
    last = state.last
    if last is None or last.id != reload_id or last.status not in (Status.PENDING, Status.LOADING):
        return state
    return state.with_last(replace(last, status=Status.FAILED.value, error=error))


def got_ready(state: State, reload_id: str, worker: str) -> State:
    """This worker has the bundle open."""
    last = state.last
    if last is None or last.id != reload_id or last.ended or worker in last.ready:
        return state
    return state.with_last(replace(last, ready=[*last.ready, worker]))


def advanced(state: State, living: Set[str], *, now: float, deadline: float) -> State:
    """The last reload, as far as it can go: committed when all are ready, loaded when all serve it."""
    state = replace(state, members={name: each for name, each in state.members.items() if name in living})
    last = state.last
    if last is None or last.ended:
        return state
    if last.status == Status.PENDING:
        last = replace(last, status=Status.LOADING.value)
    if last.status == Status.LOADING and living and living <= set(last.ready):
        last = replace(last, status=Status.SWITCHING.value)
        state = replace(state, bundle_uri=last.bundle_uri, generation=state.generation + 1)
    elif last.status == Status.SWITCHING and all(
        name in state.members and state.members[name].generation == state.generation for name in living
    ):
        last = replace(last, status=Status.LOADED.value)
    elif now - last.requested > deadline:
        waiting = [each.pid for each in state.members.values() if each.generation < state.generation]
        late = f"the workers {waiting} do not serve it yet" if waiting else "not every worker had it ready"
        last = replace(last, status=Status.FAILED.value, error=f"After {deadline:g} s {late}")
    return state.with_last(last)


class Board:
    """The file; an instance for each worker."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "board.json"
        self._lock = folder / "board.lock"

    def mark(self) -> tuple[int, int]:
        """Another value after every change: each change is another file."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - asked for five times a second
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def read(self) -> State:
        """What is on the board; an empty one if there is none yet or it is damaged."""
        try:
            return decode(State, json.loads(self._path.read_bytes()))
        except (OSError, ValueError, CodecError):
            return State()

    def change(self, how: Callable[[State], State]) -> State:
        """Apply a function to what is there, while no other worker does; returns what is there now."""
        with self._locked():
            old = self.read()
            new = how(old)
            if new != old:
                write_private(self._path, json.dumps(asdict(new)).encode())
            return new

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
