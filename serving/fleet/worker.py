"""One worker: serves a bundle, follows the board, and loads what is asked for beside what it serves."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.errors import BundleError, PenstockError
from serving.fleet.board import Board, Member, Reload, State, Status, advanced, asked, failed, got_ready
from serving.fleet.membership import Membership, pid_of
from serving.memory import trim
from serving.web.metrics import forget_worker
from serving.web.problem import Problem, retry_after

if TYPE_CHECKING:
    from serving.served import Served
    from serving.web.metrics import Metrics

_LOOK_SECONDS = 0.2
_FIRST_RETRY_SECONDS, _LAST_RETRY_SECONDS = 1.0, 60.0


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A bundle that is open beside the one that is served."""

    reload_id: str
    served: Served


class Worker:
    """Everything of one process that changes while it runs; used in its event loop only."""

    def __init__(
        self, *, folder: Path, first: str, load: Callable[[str], Served], metrics: Metrics, deadline: float
    ) -> None:
        """`first` is served until a reload says otherwise; `load` takes a location."""
        self._load, self._metrics, self._deadline = load, metrics, deadline
        self._membership = Membership(folder)
        self._board = Board(folder)
        self._served: Served | None = None
        self._generation = 0
        self._ready: Ready | None = None
        self._started: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._catching_up: asyncio.Task[None] | None = None
        self._error: str | None = None
        self._wake = asyncio.Event()
        self._mark = (-1, -1)
        self.state = self._board.change(lambda state: self._joined(state, first))

    def _joined(self, state: State, first: str) -> State:
        """A board without living workers is of an earlier start of the service: what it says is over."""
        living, dead = self._membership.living()
        for name in dead:
            forget_worker(pid_of(name))
        others = living - {self._membership.name}
        base = state if others else State(bundle_uri=first, generation=1 if first else 0)
        return self._told(base)

    def _told(self, state: State) -> State:
        """With what this worker serves."""
        served = self._served
        me = Member(
            pid=os.getpid(),
            version=served.version if served else None,
            loaded_at=served.loaded_at if served else None,
            generation=self._generation,
            error=self._error,
        )
        return replace(state, members={**state.members, self._membership.name: me})

    @property
    def served(self) -> Served | None:
        """What this worker serves."""
        return self._served

    @property
    def error(self) -> str | None:
        """Why it does not serve what the board says; None if it does or is about to."""
        return self._error

    def shelf(self) -> Served:
        """What this worker serves; raises Problem 503 if nothing is loaded."""
        if self._served is None:
            why = self._error or ("it is being loaded" if self.state.bundle_uri else "none was asked for")
            raise Problem("not_loaded", f"No bundle is loaded: {why}", headers=retry_after(4))
        return self._served

    def ask(self, bundle_uri: str, version: str) -> Reload:
        """Begin a reload of all workers; raises Problem 409 while another one is under way."""

        def begin(state: State) -> State:
            state = advanced(state, self._living(), now=time.time(), deadline=self._deadline)
            if state.last and not state.last.ended:
                raise Problem(
                    "busy",
                    f"Reload {state.last.id} of {state.last.bundle_uri} is {shown_status(state.last)}: wait until it "
                    "is loaded or failed",
                    headers=retry_after(1),
                )
            return asked(state, bundle_uri, version)

        last = self._board.change(begin).last
        self._wake.set()
        if last is None:
            raise AssertionError("a reload that was just asked for is not on the board")
        return last

    def look(self) -> State:
        """What the board says now."""
        return self._board.read()

    async def watch(self) -> None:
        """Follow the board until cancelled."""
        try:
            while True:
                self._turn()
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            self._membership.leave()

    async def settled(self, reload_id: str) -> Reload:
        """The reload once it has ended; for a process that sleeps between calls, as a Lambda function does."""
        while True:
            found = find(self.look(), reload_id)
            if found is None or found.ended:
                return found or Reload(id=reload_id, bundle_uri="", version="", requested=0, status="failed")
            await asyncio.sleep(_LOOK_SECONDS / 4)

    def _turn(self) -> None:
        """One look at the board, and what follows from it."""
        mark, last = self._board.mark(), self.state.last
        if mark == self._mark and (last is None or last.ended):
            self._catch_up()
            return
        before = last
        self.state = self._board.change(self._advanced)
        self._mark = self._board.mark()
        self._follow(self.state.last, before)
        self._catch_up()

    def _advanced(self, state: State) -> State:
        return advanced(self._told(state), self._living(), now=time.time(), deadline=self._deadline)

    def _living(self) -> frozenset[str]:
        living, dead = self._membership.living()
        for name in dead:
            forget_worker(pid_of(name))
        return living

    def _follow(self, last: Reload | None, before: Reload | None) -> None:
        """Prepare the reload that was asked for; let go of one that failed."""
        if last is None:
            return
        if last.status == Status.LOADING and last.id not in self._started:
            self._started.add(last.id)
            self._spawn(self._prepare(last))
        if last.status == Status.FAILED:
            self._ready = None
            if before and before.id == last.id and not before.ended:
                self._metrics.reloaded("failed")

    async def _prepare(self, reload: Reload) -> None:
        try:
            served = await asyncio.to_thread(self._load, reload.bundle_uri)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old bundle is served and the status says why
            why = _reason(error)
            self._board.change(lambda state: failed(state, reload.id, why))
        else:
            self._ready = Ready(reload_id=reload.id, served=served)
            self._board.change(lambda state: got_ready(state, reload.id, self._membership.name))
        self._wake.set()

    def _catch_up(self) -> None:
        """Serve what was agreed on: at once if it is ready, else after loading it."""
        state = self.state
        if self._generation == state.generation or not state.bundle_uri:
            return
        last, ready = state.last, self._ready
        if ready and last and ready.reload_id == last.id and last.status == Status.SWITCHING:
            self._ready = None
            self._serve(ready.served, state.generation)
        elif self._catching_up is None or self._catching_up.done():
            self._catching_up = self._spawn(self._load_agreed())

    async def _load_agreed(self) -> None:
        """Load what the board says, again and again until it can be loaded or something else is agreed on."""
        wait = _FIRST_RETRY_SECONDS
        while (uri := self.state.bundle_uri) and self._generation != (generation := self.state.generation):
            try:
                served = await asyncio.to_thread(self._load, uri)
            except Exception as error:  # noqa: BLE001 - the service stays up and says why it is not ready
                self._complain(f"{_reason(error)} (tried again every {wait:g} s)")
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LAST_RETRY_SECONDS)
            else:
                if generation == self.state.generation:
                    self._serve(served, generation)

    def _serve(self, served: Served, generation: int) -> None:
        """Swap the one reference: a request that runs keeps the bundle it began with."""
        self._served, self._generation, self._error = served, generation, None
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what a bundle is made of stays: later collections need not walk it
        self._spawn(asyncio.to_thread(trim))
        self._metrics.serves(served.bundle.manifest.model, served.version)
        self._metrics.reloaded("loaded")
        self.state = self._board.change(self._advanced)
        self._wake.set()

    def _complain(self, error: str) -> None:
        if error != self._error:
            sys.stderr.write(f"The bundle cannot be loaded: {error}\n")
        self._error = error
        self.state = self._board.change(self._told)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def find(state: State, reload_id: str) -> Reload | None:
    """A reload by its id; None if it is not remembered."""
    return next((each for each in state.reloads if each.id == reload_id), None)


def shown_status(reload: Reload) -> str:
    """Its status in the words of the API."""
    return Status.LOADING.value if reload.status == Status.SWITCHING else reload.status


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, (BundleError, PenstockError)) else f"{type(error).__name__}: {error}"
