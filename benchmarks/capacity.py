"""The calculator of capacity against this machine: what each job takes, and what was predicted.

Usage: .venv/local/bin/python benchmarks/capacity.py [--ratings 1000000 4000000 10000000] [--dry]

The same command lines as benchmarks/scaling.py, with one worker, at sizes that `tools/capacity` was not fitted on.
Writes the table into docs/benchmarks.md; `--dry` leaves it as it is. Other work on the machine makes it take
longer than predicted.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from harness.comparison import Side, run
from harness.document import write_section
from predict import write_records
from scaling import ROOT, command, jobs

sys.path.insert(0, str(ROOT))

from penstock.jobs import ReportingArgs, TrainArgs
from penstock.layout import Run
from tools.capacity.stages import STAGES, Size
from tools.datasets.ratings import Shape, generate

SHAPES = {1_000_000: (6_040, 3_700), 4_000_000: (28_000, 8_000), 10_000_000: (69_878, 10_677)}
"""Users and items: as in MovieLens 1M and 10M, and between."""
WIDE = "training, rank 64"
WIDE_GRID = '{"rank": [64], "regParam": [0.1], "maxIter": [10]}'


@dataclass(frozen=True, kw_only=True)
class Point:
    """One job at one size."""

    job: str
    size: Size
    processor: float
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, nargs="+", default=[min(SHAPES)], choices=list(SHAPES))
    parser.add_argument("--memory", default="4g", help="of the executor")
    parser.add_argument("--dry", action="store_true", help="print the table only")
    options = parser.parse_args()
    points: list[Point] = []
    for ratings in options.ratings:
        with tempfile.TemporaryDirectory() as folder:
            points += measure(Path(folder), ratings, options.memory)
    shown = " ".join(["python benchmarks/capacity.py", *sys.argv[1:]])
    if options.dry:
        print("\n".join(table(points)))
    else:
        write_section(
            "capacity", title="What capacity is planned by", command=shown, lines=[*table(points)], notes=NOTES
        )


def measure(folder: Path, ratings: int, memory: str) -> Iterator[Point]:
    console = Console(stderr=True)
    users, items = SHAPES[ratings]
    facts = generate(folder / "raw", Shape(users=users, items=items, ratings=ratings))
    write_records(folder / "raw" / "records.json", ratings)
    size = Size(ratings=facts.ratings, users=facts.users, items=facts.items, rank=10, k=10, records=ratings)
    for job, args in work(folder, ratings).items():
        before = processor()
        found = run(Side(name=job, argv=command(args, 1, memory)))
        took = processor() - before
        point = Point(
            job=job,
            size=replace(size, rank=64) if job == WIDE else size,
            processor=took,
            seconds=found["job_s"],
            megabytes=found["peak_mb"],
        )
        console.print(f"{job}, {ratings:,}: {took:.1f} s of the processor in {point.seconds:.1f} s")
        yield point


def work(folder: Path, ratings: int) -> Mapping[str, ReportingArgs]:
    """The jobs of the table of growth; with the smallest size, a training of rank 64 as well."""
    found = dict(jobs(folder / "raw", Run(f"file://{folder}/1")))
    training = found["training"]
    if ratings == min(SHAPES) and isinstance(training, TrainArgs):
        elsewhere = Run(f"file://{folder}/wide")
        report, model = elsewhere.training_report("ratings"), elsewhere.model("ratings")
        found[WIDE] = replace(training, grid=WIDE_GRID, model_uri=model, report_uri=report)
    return found


def processor() -> float:
    """Seconds of all child processes that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


NOTES = (
    "`predicted` is what `tools/capacity/stages.py` says of that size and one core, fitted on other sizes. "
    "`processor` is of all processes, so that the start of Java and its compilers count."
)


def table(points: Sequence[Point]) -> Iterator[str]:
    names = ("ratings", "users", "items", "job, s", "predicted, s", "predicted / measured", "processor, s", "peak, MB")
    yield f"| job | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for each in points:
        predicted = STAGES[each.job.partition(",")[0]].seconds(each.size, 1)
        cells = (
            each.job,
            f"{each.size.records if each.job == 'prediction' else each.size.ratings:,}",
            f"{each.size.users:,}",
            f"{each.size.items:,}",
            f"{each.seconds:.1f}",
            f"{predicted:.1f}",
            f"{predicted / each.seconds:.2f}",
            f"{each.processor:.1f}",
            f"{each.megabytes:,.0f}",
        )
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
