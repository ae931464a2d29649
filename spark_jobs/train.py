"""EMR step: choose ALS hyper-parameters, fit on train and validation rows, save the model, report."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import Candidate, TrainingReport
from penstock.errors import DataError
from penstock.jobs import Engine, Objective, TrainArgs
from penstock.tables import RATINGS
from spark_jobs.als import ALGORITHMS, feedback
from spark_jobs.engines.choice import check_engine, learner
from spark_jobs.entry import launch
from spark_jobs.grid import Point, param_maps, parse_grid, point
from spark_jobs.progress import Progress
from spark_jobs.selection import METRICS, Rows, select_best
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import checkpoints, discard_document, read_table, size_of, write_document
from spark_jobs.transforms.fingerprint import as_text, hash_sum
from spark_jobs.transforms.split import PART, TEST, TRAIN, VALIDATION, training_rows, with_parts

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows per part, and the fingerprint of all of them."""

    train: int
    validation: int
    test: int
    fingerprint: str

    @property
    def fitted(self) -> int:
        """Rows that the final model is fitted on."""
        return self.train + self.validation


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The fitted model, its point of the grid, and how every point did."""

    model: ALSModel
    best: Point
    candidates: list[Candidate]


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(TrainArgs, run, argv)


def run(spark: SparkSession, args: TrainArgs) -> TrainingReport:
    """Read, fit, save, report; raises ArgumentError for a wrong grid and DataError for rows that cannot be split."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    grid = parse_grid(args.grid)
    check_engine(args)
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    parts = with_parts(read_table(spark, args.ratings_uri, RATINGS), args).cache()
    counts = count(parts, args)
    progress(
        f"{args.describe_split()}; {counts.train:,} rows train, {counts.validation:,} validate, {counts.test:,} test"
    )
    with checkpoints(spark):
        chosen = choose_and_fit(parts, args, grid, counts=counts, progress=progress)
        # The factors are lazy: were an executor lost, they would be computed again from the checkpoints.
        chosen.model.write().overwrite().save(args.model_uri)
        progress(f"saved the model to {args.model_uri}")
        report = describe_training(args, chosen, counts=counts, seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    return report


def choose_and_fit(
    parts: DataFrame, args: TrainArgs, grid: Mapping[str, list[float]], *, counts: Counts, progress: Progress
) -> Chosen:
    """The best point of the grid on the validation rows, fitted on train and validation rows."""
    objective = Objective(args.objective)
    als, how = learner(args, training_rows(parts), rows=counts.fitted, rank=int(max(grid.get("rank", [0]))))
    rows = Rows(train=parts.where(F.col(PART) == TRAIN), validation=parts.where(F.col(PART) == VALIDATION))
    best, candidates = select_best(als, param_maps(als, grid), rows, args=args, progress=progress)
    model = als.fit(feedback(training_rows(parts), objective), best)
    progress(f"fitted {point(best)} {how} on {counts.fitted:,} rows")
    return Chosen(model=model, best=point(best), candidates=candidates)


def describe_training(args: TrainArgs, chosen: Chosen, *, counts: Counts, seconds: float) -> TrainingReport:
    """Everything that is known about the model."""
    objective = Objective(args.objective)
    return TrainingReport(
        objective=objective.value,
        algorithm=ALGORITHMS[Engine(args.engine), objective],
        model_uri=args.model_uri,
        metric=METRICS[objective],
        candidates=chosen.candidates,
        best=chosen.best,
        split=args.describe_split(),
        train_rows=counts.train,
        validation_rows=counts.validation,
        test_rows=counts.test,
        users=chosen.model.userFactors.count(),
        items=chosen.model.itemFactors.count(),
        seed=args.seed,
        seconds=seconds,
        fingerprint=counts.fingerprint,
        code_sha=args.code_sha,
    )


def count(parts: DataFrame, args: TrainArgs) -> Counts:
    """One pass over the split rows; raises DataError if a part that is needed is empty."""
    found = parts.groupBy(PART).agg(F.count("*").alias("rows"), hash_sum(list(RATINGS)).alias("hash")).collect()
    rows = {row[PART]: int(row["rows"]) for row in found}
    empty = [part for part in (TRAIN, VALIDATION, TEST) if not rows.get(part)]
    if empty:
        raise DataError(
            f"{args.ratings_uri}: the split ({args.describe_split()}) of {sum(rows.values()):,} rows leaves none for "
            f"{' and '.join(empty)}. Use another split or more data."
        )
    fingerprint = as_text(sum(row["hash"] for row in found))
    return Counts(train=rows[TRAIN], validation=rows[VALIDATION], test=rows[TEST], fingerprint=fingerprint)


if __name__ == "__main__":
    main(sys.argv[1:])
