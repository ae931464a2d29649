"""Run every side in turn, as often as asked, and keep what each took."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from harness.memory import Watch
from harness.report import VARIABLE, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WALL, PEAK = "whole_s", "peak_mb"
MISLEADING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""A wrong kernel or cache size halves a matrix product, and handicaps whoever uses one."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One way of doing the work: a name, its command, and variables for it beyond the shell's."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All measurements, by side in the order given and by name; the first side is what the others are compared with."""

    sides: Mapping[str, Sequence[Mapping[str, float]]]

    def names(self) -> list[str]:
        """What was measured: the whole time, what the sides told, the peak of memory."""
        told = {name: None for runs in self.sides.values() for run in runs for name in run}
        return [WALL, *(name for name in told if name not in (WALL, PEAK)), PEAK]

    def median(self, side: str, name: str) -> float | None:
        """Of the side's runs that have it."""
        values = [run[name] for run in self.sides[side] if name in run]
        return statistics.median(values) if values else None

    def spread(self, side: str, name: str) -> tuple[float, float] | None:
        """The least and the most."""
        values = [run[name] for run in self.sides[side] if name in run]
        return (min(values), max(values)) if values else None


def compare(sides: Sequence[Side], *, repetitions: int = 3) -> Comparison:
    """Each side once, then each again: what disturbs the machine disturbs all. Ends the program if a side fails."""
    runs: dict[str, list[Mapping[str, float]]] = {side.name: [] for side in sides}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=repetitions * len(sides))
        for _ in range(repetitions):
            for side in sides:
                progress.update(task, description=side.name)
                runs[side.name].append(run(side))
                progress.advance(task)
    return Comparison(sides=runs)


def run(side: Side) -> dict[str, float]:
    """One run of one side; raises SystemExit with the last lines of its output if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    with tempfile.TemporaryDirectory() as folder:
        place, output = Path(folder) / "measured.json", Path(folder) / "output"
        with output.open("wb") as log:
            began = time.monotonic()
            process = subprocess.Popen(
                side.argv,
                env=environment | dict(side.environment) | {VARIABLE: str(place)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            watch = Watch(process.pid)
            code = process.wait()
            seconds = time.monotonic() - began
        peak = watch.stop()
        if code:
            last = "\n".join(output.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
            sys.exit(f"{side.name}: exit code {code}\n{last}")
        return {WALL: seconds, **read(place), PEAK: peak / 1e6}
