"""EMR step: judge a fitted pipeline, the champion and trivial baselines on the same held-out rows, with intervals."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from penstock.assessment import Assessment
from penstock.codec import CodecError
from penstock.errors import ArgumentError, DataError
from penstock.jobs import AssessArgs
from penstock.recipe.rules import parse_recipe
from spark_jobs.assessing.case import Case
from spark_jobs.assessing.contest import Contest, Outcome
from spark_jobs.assessing.rows import hold_out, training
from spark_jobs.columns import check_table
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, size_of, write_document
from spark_jobs.transforms.holdout import with_part
from spark_jobs.vectors import open_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

    from penstock.recipe.values import Recipe


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(AssessArgs, run, argv)


def run(spark: SparkSession, args: AssessArgs) -> Assessment:
    """Read, judge, report; raises ArgumentError for a wrong recipe, DataError for rows or models that do not fit."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    recipe, segments = read(args)
    fit_shuffles(spark, size_of(spark, args.table_uri))
    table = open_rows(spark, args.table_uri)
    try:
        check_table(table, recipe)
        case = make_case(table, recipe, segments, args)
        progress(f"{args.describe_holdout()}; {case.held_out.rows:,} rows are held out")
        outcome = Contest(case=case, progress=progress).hold(args.model_uri, args.champion_model_uri)
    except DataError as error:
        raise DataError(f"{args.table_uri}: {error}") from error
    assessment = describe(args, case, outcome, seconds=progress.seconds)
    write_document(spark, assessment, args.report_uri)
    progress(f"written to {args.report_uri}")
    return assessment


def read(args: AssessArgs) -> tuple[Recipe, list[str]]:
    """The recipe and the segments' columns; raises ArgumentError for wrong ones."""
    try:
        recipe = parse_recipe(args.recipe)
    except CodecError as error:
        raise ArgumentError(f"{args.script} --recipe: {error}") from error
    where = f"{args.script}: --segments={args.segments}"
    try:
        segments = json.loads(args.segments)
    except ValueError as error:
        raise ArgumentError(f"{where}: not JSON ({error})") from error
    if not isinstance(segments, list) or not all(isinstance(each, str) for each in segments):
        raise ArgumentError(f"{where}: expected a JSON list of columns")
    return recipe, list(dict.fromkeys(segments))


def make_case(table: DataFrame, recipe: Recipe, segments: list[str], args: AssessArgs) -> Case:
    """The rows, held out exactly as fitting did."""
    parts = with_part(table, args)
    return Case(
        recipe=recipe,
        held_out=hold_out(parts, segments, args.describe_holdout()),
        training=training(parts),
        resamples=args.resamples,
        confidence=args.confidence,
    )


def describe(args: AssessArgs, case: Case, outcome: Outcome, *, seconds: float) -> Assessment:
    """Everything that is known about the contest."""
    return Assessment(
        problem=case.recipe.problem,
        estimator=case.recipe.estimator.name,
        recipe_fingerprint=case.recipe.fingerprint,
        model_uri=args.model_uri,
        champion_model_uri=args.champion_model_uri,
        champion_problem=outcome.champion_problem,
        holdout=args.describe_holdout(),
        rows=case.held_out.rows,
        judged_rows=outcome.judged_rows,
        fingerprint=case.held_out.fingerprint,
        resamples=args.resamples,
        confidence=args.confidence,
        challenger=outcome.challenger.judgement,
        champion=outcome.champion.judgement if outcome.champion else None,
        baselines=outcome.baselines,
        gains=outcome.gains,
        seconds=seconds,
        code_sha=args.code_sha,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
