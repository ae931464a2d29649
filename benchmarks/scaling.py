"""How time and memory grow with the data: ETL, training, scoring and prediction, on 1 and 2 workers.

Usage: .venv/local/bin/python benchmarks/scaling.py [--ratings 100000 1000000 20000000] [--workers 1 2]

Ratings are generated for the first three, as many records of JSON lines for the last. Each job is its own command line
on a standalone Spark cluster of its own (benchmarks/standalone.py). Writes the table with the exponents of growth into
docs/benchmarks.md, and the picture docs/scaling.svg.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from rich.console import Console

from harness.comparison import Side, run
from harness.document import write_section
from predict import MODEL, REGISTRY, write_records

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from penstock.jobs import CleanRatingsArgs, Objective, PredictArgs, ReportingArgs, ScoreArgs, TrainArgs  # noqa: E402
from penstock.layout import Run  # noqa: E402
from tools.datasets.ratings import Shape, generate  # noqa: E402

PREDICT_PYTHON = os.environ.get("PENSTOCK_PREDICT_PYTHON", str(ROOT / ".venv/predict/bin/python"))
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(ROOT / ".venv/spark/bin/python"))
PICTURE = ROOT / "docs" / "scaling.svg"
SHAPES = {100_000: (610, 3_000), 1_000_000: (6_040, 3_700), 20_000_000: (138_000, 26_700)}
"""Users and items: as in MovieLens latest-small, 1M and 20M."""
GRID = '{"rank": [10], "regParam": [0.1], "maxIter": [10]}'
JOBS = ("ETL", "training", "scoring", "prediction")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One job at one size."""

    job: str
    workers: int
    size: int
    """Ratings or records that were asked for."""
    rows: int
    """What there were: of ratings that are drawn twice, one is left."""
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, nargs="+", default=list(SHAPES), choices=list(SHAPES))
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--memory", default="4g", help="of each executor")
    options = parser.parse_args()
    points: list[Point] = []
    with tempfile.TemporaryDirectory() as folder:
        for ratings in options.ratings:
            points += measure(Path(folder) / str(ratings), ratings, options.workers, options.memory)
    draw(points, PICTURE)
    shown = " ".join(["python benchmarks/scaling.py", *sys.argv[1:]])
    picture = f"![Seconds and memory by ratings or records, a line for each job and number of workers]({PICTURE.name})"
    write_section("scaling", title="How it grows", command=shown, lines=[*table(points), "", picture])


def measure(folder: Path, ratings: int, workers: Sequence[int], memory: str) -> Iterator[Point]:
    console = Console(stderr=True)
    users, items = SHAPES[ratings]
    console.print(f"Generating {ratings:,} ratings")
    facts = generate(folder / "raw", Shape(users=users, items=items, ratings=ratings))
    write_records(folder / "raw" / "records.json", ratings)
    for count in workers:
        for job, args in jobs(folder / "raw", Run(f"file://{folder}/{count}")).items():
            side = Side(name=job, argv=command(args, count, memory))
            found, rows = run(side), ratings if job == "prediction" else facts.ratings
            point = Point(
                job=job, workers=count, size=ratings, rows=rows, seconds=found["job_s"], megabytes=found["peak_mb"]
            )
            console.print(f"{job}, {count} workers: {point.seconds:.1f} s, {point.megabytes:,.0f} MB")
            yield point


def jobs(raw: Path, outputs: Run) -> Mapping[str, ReportingArgs]:
    ratings, model = outputs.table("ratings"), outputs.model("ratings")
    cleaning = CleanRatingsArgs(
        ratings_uri=f"file://{raw}/ratings.csv",
        movies_uri=f"file://{raw}/movies.csv",
        clean_uri=outputs.clean,
        quarantine_uri=outputs.quarantine,
        report_uri=outputs.data_report,
    )
    training = TrainArgs(
        ratings_uri=ratings,
        model_uri=model,
        report_uri=outputs.training_report("ratings"),
        objective=Objective.RATING.value,
        grid=GRID,
    )
    scoring = ScoreArgs(
        ratings_uri=ratings,
        model_uri=model,
        scores_uri=outputs.scores("ratings"),
        report_uri=outputs.score_report("ratings"),
    )
    prediction = PredictArgs(
        input_uri=f"file://{raw}/records.json",
        predictions_uri=outputs.scores("records"),
        quarantine_uri=f"{outputs.quarantine}/predictions",
        groups_uri=f"{outputs.uri}/groups",
        report_uri=f"{outputs.uri}/predictions.json",
        models=REGISTRY,
        model=MODEL,
    )
    return dict(zip(JOBS, (cleaning, training, scoring, prediction), strict=True))


def command(args: ReportingArgs, workers: int, memory: str) -> list[str]:
    python = PREDICT_PYTHON if isinstance(args, PredictArgs) else SPARK_PYTHON
    runner = [python, str(ROOT / "benchmarks" / "standalone.py"), "--workers", str(workers), "--memory", memory]
    return [*runner, "--", args.script, *args.to_argv()]


def table(points: Sequence[Point]) -> Iterator[str]:
    """A row for each job and number of workers: seconds and peak memory by size, and the exponents between sizes."""
    sizes = sorted({each.size for each in points})
    cells = [f"{size:,}: s, MB" for size in sizes]
    yield f"| job | workers | {' | '.join(cells)} | growth of time, of memory |"
    yield "|---" * (len(sizes) + 3) + "|"
    for (job, workers), line in lines_of(points).items():
        values = [f"{each.seconds:.1f}, {each.megabytes:,.0f}" for each in line]
        yield f"| {job} | {workers} | {' | '.join(values)} | {exponents(line)} |"


def lines_of(points: Sequence[Point]) -> dict[tuple[str, int], list[Point]]:
    kinds = sorted({(JOBS.index(each.job), each.workers) for each in points})
    return {
        (JOBS[job], workers): sorted(
            (each for each in points if (each.job, each.workers) == (JOBS[job], workers)), key=lambda each: each.size
        )
        for job, workers in kinds
    }


def exponents(line: Sequence[Point]) -> str:
    """Between the two largest sizes: b in time ~ rows^b; 1 is linear."""
    if len(line) < 2:
        return ""
    before, last = line[-2:]
    times = math.log(last.rows / before.rows)
    return ", ".join(
        f"{math.log(getattr(last, what) / getattr(before, what)) / times:.2f}" for what in ("seconds", "megabytes")
    )


def draw(points: Sequence[Point], place: Path) -> None:
    mpl.rcParams.update({"svg.hashsalt": "penstock", "svg.fonttype": "none", "font.size": 10})
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, what, label in zip(figure.subplots(1, 2), ("seconds", "megabytes"), ("s", "MB"), strict=True):
        for (job, workers), line in lines_of(points).items():
            style = {"marker": "o", "linestyle": "-" if workers == 1 else "--", "color": f"C{JOBS.index(job)}"}
            name = f"{job}, {workers} worker{'s' if workers > 1 else ''}"
            axes.loglog([each.rows for each in line], [getattr(each, what) for each in line], label=name, **style)
        axes.set(xlabel="ratings or records", ylabel=label)
        axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(place, metadata={"Date": None})


if __name__ == "__main__":
    main()
