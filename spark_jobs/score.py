"""EMR step: the top k items for every trained user, as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import ScoreReport, Table
from penstock.errors import DataError
from penstock.jobs import ScoreArgs, SeenItems
from penstock.tables import RATINGS, SCORES, columns
from spark_jobs.als import item_factors, load_model, user_factors
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import read_table, size_of, write_document, write_table
from spark_jobs.transforms.topk import collect_items, flatten, seen_by_user, top_k

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(ScoreArgs, run, argv)


def run(spark: SparkSession, args: ScoreArgs) -> ScoreReport:
    """Read, score, write the table sorted by user and rank, report."""
    progress = Progress()
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    model, ratings = load_model(args.model_uri), read_table(spark, args.ratings_uri, RATINGS)
    seen = seen_by_user(ratings) if SeenItems(args.seen_items) is SeenItems.EXCLUDE else None
    items = collect_items(item_factors(model))
    top = top_k(user_factors(model), items, k=args.k, seen=seen).cache()
    given = F.size("item_ids")
    sizes = (F.count("*").alias("users"), F.sum(given).alias("rows"), F.count_if(given < args.k).alias("fewer"))
    totals = _only(top.agg(*sizes).collect(), args)
    progress(
        f"{totals['users']:,} users x {len(items.ids):,} items: {totals['rows']:,} scores, seen: {args.seen_items}"
    )
    write_table(flatten(top).orderBy("user_id", "rank"), args.scores_uri, SCORES)
    progress(f"written to {args.scores_uri}; {totals['fewer']:,} users have fewer than {args.k}")
    report = ScoreReport(
        model_uri=args.model_uri,
        table=Table(name="scores", uri=args.scores_uri, columns=columns(SCORES), rows=totals["rows"]),
        k=args.k,
        seen_items=args.seen_items,
        users=totals["users"],
        users_with_fewer=totals["fewer"],
        seconds=progress.seconds,
        code_sha=args.code_sha,
    )
    write_document(spark, report, args.report_uri)
    return report


def _only(rows: list[Row], args: ScoreArgs) -> Row:
    if not rows[0]["users"]:
        raise DataError(f"{args.model_uri}: the model has no users")
    return rows[0]


if __name__ == "__main__":
    main(sys.argv[1:])
