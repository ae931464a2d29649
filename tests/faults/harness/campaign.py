"""All chosen faults, each variant going through its own in turn; what all variants share is struck at the end."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.faults.harness.fault import Fault, take

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.faults.harness.outcome import Outcome
    from tests.faults.harness.stack import FaultStack

Case = tuple[Fault, str]
"""A fault and the variant that meets it."""


class Campaign:
    """Works in threads of its own; `outcome` waits for what is asked."""

    def __init__(self, stack: FaultStack, cases: Iterable[Case], record: Path | None) -> None:
        """`record` is the file that gets every outcome as JSON as soon as there is one."""
        self.stack = stack
        self._record = record
        self._lock = threading.Lock()
        self._outcomes: dict[tuple[str, str], Future[Outcome]] = {}
        self._alone: dict[str, list[Fault]] = {}
        self._shared: list[Case] = []
        for fault, variant in cases:
            self._outcomes[fault.name, variant] = Future()
            if fault.shared:
                self._shared.append((fault, variant))
            else:
                self._alone.setdefault(variant, []).append(fault)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def outcome(self, fault: Fault, variant: str) -> Outcome:
        """Wait for one outcome; raises what went wrong in the harness."""
        return self._outcomes[fault.name, variant].result()

    def stop(self) -> None:
        """Begin nothing more; the stack must be stopped beside this, so that what runs comes to an end."""
        self._stopped.set()

    def join(self) -> None:
        """Wait for the threads."""
        if self._thread.ident:
            self._thread.join()

    def _work(self) -> None:
        lanes = [threading.Thread(target=self._lane, args=(each,)) for each in self._alone]
        for each in lanes:
            each.start()
        for each in lanes:
            each.join()
        for fault, variant in self._shared:
            self._take(fault, variant)

    def _lane(self, variant: str) -> None:
        for fault in self._alone[variant]:
            self._take(fault, variant)

    def _take(self, fault: Fault, variant: str) -> None:
        future = self._outcomes[fault.name, variant]
        try:
            future.set_result(self._take_again_if_missed(fault, variant))
        except Exception as error:  # noqa: BLE001 - it is raised in the test that asks for it
            future.set_exception(error)
        self._write()

    def _take_again_if_missed(self, fault: Fault, variant: str) -> Outcome:
        """A busy machine can let a fault's moment pass, e.g. when a task ends before it could be killed."""
        for last in (False, True):
            if self._stopped.is_set():
                break
            try:
                return take(self.stack, fault, variant)
            except TimeoutError:
                if last:
                    raise
        raise RuntimeError("the suite was stopped before this fault")

    def _write(self) -> None:
        if not self._record:
            return
        with self._lock:
            done = [each for each in self._outcomes.values() if each.done() and not each.exception()]
            self._record.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps([asdict(each.result()) for each in done], indent=1)
            self._record.write_text(f"{text}\n", encoding="utf-8")
