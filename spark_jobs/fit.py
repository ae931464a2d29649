"""EMR step: fit the model of a recipe on the training rows of a table, save it, report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.ml import PipelineModel
from pyspark.sql import functions as F

from penstock.codec import CodecError, encode
from penstock.errors import ArgumentError, DataError
from penstock.fitting import FitReport, Trial
from penstock.jobs import FitArgs
from penstock.recipe.rules import parse_recipe
from penstock.tree import tree_document_uri
from spark_jobs.boosting import rounds
from spark_jobs.columns import Classes, check_gaps, check_label, check_table, describe_inputs
from spark_jobs.drawing import Names, draw, read_nodes
from spark_jobs.entry import launch
from spark_jobs.features import MOST_NAMES, Features, feature_weights, tree_text
from spark_jobs.pipeline import label_stages
from spark_jobs.progress import Progress
from spark_jobs.search import choose, prepared
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import checkpoints, discard_document, size_of, write_document, write_text
from spark_jobs.threshold import apply_threshold, choose_threshold
from spark_jobs.transforms.fingerprint import as_text, hash_sum
from spark_jobs.transforms.holdout import row_columns, with_part
from spark_jobs.transforms.split import PART, TEST, TRAIN
from spark_jobs.vectors import open_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from penstock.documents import Column
    from penstock.recipe.candidates import Point
    from penstock.recipe.values import Recipe
    from spark_jobs.transforms.cuts import Cut


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows per part, and the fingerprint of all of them."""

    train: int
    test: int
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The whole pipeline, the estimator's own model in it, and what it was fitted on."""

    pipeline: PipelineModel
    model: Any
    rows: int
    features: Features | None
    classes: Classes
    best: Point
    trials: list[Trial]
    cut: Cut | None


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(FitArgs, run, argv)


def run(spark: SparkSession, args: FitArgs) -> FitReport:
    """Read, choose, fit, save, report; raises ArgumentError for a wrong recipe, DataError for unfit rows."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    recipe = read(args)
    fit_shuffles(spark, size_of(spark, args.table_uri))
    table = open_rows(spark, args.table_uri)
    try:
        check_table(table, recipe)
        parts = with_part(table, args).cache()
        counts = count(parts, args)
        progress(f"{args.describe_holdout()}; {counts.train:,} rows train, {counts.test:,} are held out")
        with checkpoints(spark):
            fitted = choose_and_fit(parts.where(F.col(PART) == TRAIN).drop(PART), recipe, progress=progress)
            fitted.pipeline.write().overwrite().save(args.model_uri)
    except DataError as error:
        raise DataError(f"{args.table_uri}: {error}") from error
    progress(f"saved the model to {args.model_uri}")
    if write_tree(spark, args, recipe, fitted):
        progress(f"wrote the tree to {args.tree_uri}")
    size = size_of(spark, args.model_uri)
    inputs = describe_inputs(table, recipe)
    report = describe(args, recipe, fitted, inputs=inputs, counts=counts, size=size, seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    return report


def read(args: FitArgs) -> Recipe:
    """The recipe; raises ArgumentError for a wrong one."""
    try:
        return parse_recipe(args.recipe)
    except CodecError as error:
        raise ArgumentError(f"{args.script} --recipe: {error}") from error


def count(parts: DataFrame, args: FitArgs) -> Counts:
    """One pass over the rows; raises DataError if either side of the hold-out is empty."""
    rows_and_hash = (F.count("*").alias("rows"), hash_sum(row_columns(parts)).alias("hash"))
    found = {row[PART]: row for row in parts.groupBy(PART).agg(*rows_and_hash).collect()}
    for part in (TRAIN, TEST):
        if part not in found:
            raise DataError(
                f"no row of part {part!r} ({args.describe_holdout()}). Hold out another share or more rows."
            )
    fingerprint = as_text(sum(row["hash"] for row in found.values()))
    return Counts(train=found[TRAIN]["rows"], test=found[TEST]["rows"], fingerprint=fingerprint)


def choose_and_fit(training: DataFrame, recipe: Recipe, *, progress: Progress) -> Fitted:
    """The best candidate, fitted on all training rows, as one pipeline from the table's rows to predictions."""
    check_gaps(training, recipe)
    classes = check_label(training, recipe)
    best, trials = choose(training, recipe, classes, progress=progress)
    cut = choose_threshold(training, recipe, classes, best)
    if cut is not None and recipe.costs is not None:
        progress(f"yes above a probability of {cut.threshold:.4f}, at a mean cost of {cut.cost(recipe.costs):.4f}")
    with prepared(training, recipe, classes, [best]) as ready:
        rows = ready.rows.count()
        model = ready.fit(recipe, best)
        apply_threshold(model, cut)
        progress(f"fitted {recipe.estimator.name} {best or ''} on {rows:,} rows")
        _, back = label_stages(recipe, classes)
        return Fitted(
            pipeline=PipelineModel([*ready.stages.stages, model, *back]),
            model=model,
            rows=rows,
            features=ready.features,
            classes=classes,
            best=best,
            trials=trials,
            cut=cut,
        )


def write_tree(spark: SparkSession, args: FitArgs, recipe: Recipe, fitted: Fitted) -> bool:
    """The text of a single tree and the document to draw it from, where a place for them was given."""
    if not args.tree_uri or fitted.features is None or not hasattr(fitted.model, "depth"):
        return False
    write_text(spark, tree_text(fitted.model, fitted.features), args.tree_uri)
    nodes = read_nodes(spark, args.model_uri, fitted.pipeline.stages, fitted.model)
    names = Names(features=fitted.features, classes=fitted.classes.names)
    tree = draw(nodes, names, estimator=recipe.estimator.name)
    write_document(spark, tree, tree_document_uri(args.tree_uri))
    return True


def describe(
    args: FitArgs,
    recipe: Recipe,
    fitted: Fitted,
    *,
    inputs: list[Column],
    counts: Counts,
    size: int,
    seconds: float,
) -> FitReport:
    """Everything that is known about the model."""
    features, metric = fitted.features, recipe.comparison
    weights, weights_are = feature_weights(fitted.model, features, fitted.classes.names) if features else ([], "")
    return FitReport(
        problem=recipe.problem,
        estimator=recipe.estimator.name,
        recipe=encode(recipe),
        recipe_fingerprint=recipe.fingerprint,
        model_uri=args.model_uri,
        model_bytes=size,
        metric=recipe.metric,
        higher_is_better=metric.higher_is_better if metric else None,
        validation=recipe.validation.describe() if len(fitted.trials) > 1 else "none: a single candidate",
        candidates=fitted.trials,
        best=fitted.best,
        params={**recipe.estimator.params, **fitted.best},
        holdout=args.describe_holdout(),
        train_rows=counts.train,
        fitted_rows=fitted.rows,
        test_rows=counts.test,
        classes=fitted.classes.counts,
        features=features.size if features else 0,
        inputs=inputs,
        threshold=fitted.cut.threshold if fitted.cut else None,
        threshold_cost=fitted.cut.cost(recipe.costs) if fitted.cut and recipe.costs else None,
        feature_names=[features.name(index) for index in range(min(features.size, MOST_NAMES))] if features else [],
        weights=weights,
        weights_are=weights_are,
        tree_uri=args.tree_uri if hasattr(fitted.model, "depth") else "",
        iterations=rounds(fitted.model),
        seed=recipe.seed,
        seconds=seconds,
        fingerprint=counts.fingerprint,
        code_sha=args.code_sha,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
