"""EMR step: the top k items for every trained user, as a table."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import SampleUser, ScoreReport, Table
from penstock.errors import DataError
from penstock.jobs import ScoreArgs, SeenItems
from penstock.tables import MOVIES, RATINGS, SCORES, columns
from spark_jobs.als import item_factors, load_model, user_factors
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, read_table, size_of, write_document, write_table
from spark_jobs.transforms.samples import sample_users
from spark_jobs.transforms.topk import collect_items, flatten, seen_by_user, top_k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What scoring wrote, and whom and what it left out; the fields are ScoreReport's."""

    rows: int
    users: int
    users_with_fewer: int
    users_without_scores: int
    items_without_factors: int


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(ScoreArgs, run, argv)


def run(spark: SparkSession, args: ScoreArgs) -> ScoreReport:
    """Read, score, write the table sorted by user and rank, report; raises DataError for a model without users."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    model, ratings = load_model(args.model_uri), read_table(spark, args.ratings_uri, RATINGS)
    seen = seen_by_user(ratings) if SeenItems(args.seen_items) is SeenItems.EXCLUDE else None
    items = collect_items(item_factors(model))
    top = top_k(user_factors(model), items, k=args.k, seen=seen).cache()
    totals = count(top, model, ratings, args)
    progress(f"{totals.users:,} users x {len(items.ids):,} items: {totals.rows:,} scores, seen: {args.seen_items}")
    write_table(flatten(top).orderBy("user_id", "rank"), args.scores_uri, SCORES)
    progress(f"written to {args.scores_uri}; {totals.users_with_fewer:,} users have fewer than {args.k}")
    progress(
        f"no scores for {totals.users_without_scores:,} users and {totals.items_without_factors:,} items, which have "
        "ratings but no factors in the model"
    )
    movies = read_table(spark, args.movies_uri, MOVIES) if args.movies_uri else None
    samples = sample_users(top, ratings, movies) if movies else []
    report = describe_scores(args, totals, samples, seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    return report


def count(top: DataFrame, model: ALSModel, ratings: DataFrame, args: ScoreArgs) -> Totals:
    """Who got how much, and who and what is left out; raises DataError if nobody got anything."""
    given = F.size("item_ids")
    sizes = (F.count("*").alias("users"), F.sum(given).alias("rows"), F.count_if(given < args.k).alias("fewer"))
    (row,) = top.agg(*sizes).collect()
    if not row["users"]:
        raise DataError(f"{args.model_uri}: the model has no users")
    return Totals(
        rows=row["rows"],
        users=row["users"],
        users_with_fewer=row["fewer"],
        users_without_scores=_absent(ratings, user_factors(model), "user_id"),
        items_without_factors=_absent(ratings, item_factors(model), "item_id"),
    )


def describe_scores(args: ScoreArgs, totals: Totals, samples: list[SampleUser], *, seconds: float) -> ScoreReport:
    """Everything that is known about the scores."""
    return ScoreReport(
        model_uri=args.model_uri,
        table=Table(name="scores", uri=args.scores_uri, columns=columns(SCORES), rows=totals.rows),
        k=args.k,
        seen_items=args.seen_items,
        users=totals.users,
        users_with_fewer=totals.users_with_fewer,
        users_without_scores=totals.users_without_scores,
        items_without_factors=totals.items_without_factors,
        samples=samples,
        seconds=seconds,
        code_sha=args.code_sha,
    )


def _absent(ratings: DataFrame, factors: DataFrame, name: str) -> int:
    """How many ids of this column have ratings but no factors: one scan of one Parquet column."""
    return ratings.select(name).distinct().join(factors.select(name), on=name, how="left_anti").count()


if __name__ == "__main__":
    main(sys.argv[1:])
