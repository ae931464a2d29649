"""One stack for the whole suite, and every outcome in one file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.faults.harness.fault import Fault, take
from tests.faults.harness.outcome import Outcome
from tests.faults.harness.stack import LANES, FaultStack

RECORD = "PENSTOCK_FAULTS_RECORD"
"""Where the outcomes are written, if anywhere."""


class Matrix:
    """Takes all variants through a fault at once when the first of its tests asks, and remembers what came out."""

    def __init__(self, stack: FaultStack, variants: tuple[str, ...]) -> None:
        self.stack = stack
        self.variants = variants
        self.outcomes: dict[str, dict[str, Outcome | Exception]] = {}

    def outcome(self, fault: Fault, variant: str) -> Outcome:
        """What became of one variant; raises what went wrong in the harness."""
        if fault.name not in self.outcomes:
            concerned = [each for each in self.variants if fault.concerns(each)]
            with ThreadPoolExecutor(1 if fault.shared else len(concerned)) as threads:
                found = list(threads.map(lambda each: self._take(fault, each), concerned))
            self.outcomes[fault.name] = dict(zip(concerned, found, strict=True))
        outcome = self.outcomes[fault.name][variant]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _take(self, fault: Fault, variant: str) -> Outcome | Exception:
        try:
            return take(self.stack, fault, variant)
        except Exception as error:  # noqa: BLE001 - it belongs to one variant, and is raised in its test
            return error

    def record(self, path: Path) -> None:
        """Write every outcome as JSON."""
        found = [asdict(each) for one in self.outcomes.values() for each in one.values() if isinstance(each, Outcome)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n")


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    variants = tuple(os.environ.get("LANES", ",".join(LANES)).split(","))
    stack = FaultStack(tmp_path_factory.mktemp("home"), variants)
    found = Matrix(stack, variants)
    try:
        stack.start()
        yield found
    finally:
        stack.stop()
        if os.environ.get(RECORD):
            found.record(Path(os.environ[RECORD]))
