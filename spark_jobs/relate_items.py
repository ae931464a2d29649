"""EMR step: for every item of a model the most similar items, or the users it suits best, as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import Table
from penstock.jobs import Catalogue, RelateItemsArgs, Relation
from penstock.scoring import RelationReport
from penstock.tables import ITEM_USERS, SIMILAR_ITEMS, columns
from spark_jobs.als import item_factors, load_model, user_factors
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.ranking import Ranking, measure, write_ranking
from spark_jobs.session import fit_shuffles
from spark_jobs.shards import fingerprint
from spark_jobs.storage import discard_document, size_of, write_document

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession

SCHEMAS = {Relation.SIMILAR_ITEMS: SIMILAR_ITEMS, Relation.USERS: ITEM_USERS}


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(RelateItemsArgs, run, argv)


def run(spark: SparkSession, args: RelateItemsArgs) -> RelationReport:
    """Read, rank, write the table in shards of items, report; raises DataError for a model without items."""
    progress, relation = Progress(), Relation(args.relation)
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.model_uri))
    values = {"relation": args.relation, "k": args.k, "catalogue": args.catalogue, "code_sha": args.code_sha}
    inputs = fingerprint(spark, values, [args.model_uri])
    ranking, schema = describe_ranking(load_model(args.model_uri), args), SCHEMAS[relation]
    size = measure(ranking)
    ranked = write_ranking(ranking, size, args.table_uri, schema, inputs=inputs, progress=progress)
    report = RelationReport(
        model_uri=args.model_uri,
        relation=args.relation,
        table=Table(name=args.relation, uri=args.table_uri, columns=columns(schema), rows=ranked.rows),
        k=args.k,
        items=ranked.users,
        candidates=ranked.items,
        shards=ranked.shards,
        shards_resumed=ranked.resumed,
        seconds=progress.seconds,
        code_sha=args.code_sha,
    )
    write_document(spark, report, args.report_uri)
    return report


def describe_ranking(model: ALSModel, args: RelateItemsArgs) -> Ranking:
    """Items in the place of users: among unit vectors, without themselves; or users in the place of items."""
    items, seen = item_factors(model), None
    if Relation(args.relation) is Relation.SIMILAR_ITEMS:
        items = unit(items)
        seen = items.select(F.col("item_id").alias("user_id"), F.array("item_id").alias("item_ids"))
        candidates = items
    else:
        candidates = user_factors(model).select(F.col("user_id").alias("item_id"), "features")
    return Ranking(
        users=items.select(F.col("item_id").alias("user_id"), "features"),
        items=candidates,
        seen=seen,
        rank=model.rank,
        k=args.k,
        catalogue=Catalogue(args.catalogue),
        shards=args.shards,
    )


def unit(items: DataFrame) -> DataFrame:
    """The same directions with length 1; an item whose factors are all zero is similar to nothing, by 0."""
    squares = F.aggregate("features", F.lit(0.0), lambda total, each: total + each.cast("double") * each)
    length = F.greatest(F.sqrt(squares), F.lit(1e-30))
    return items.select(
        "item_id", F.transform("features", lambda each: (each / length).cast("float")).alias("features")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
