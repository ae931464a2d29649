"""EMR step: the top k items for every trained user, as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.arguments import string_list
from penstock.documents import Table
from penstock.errors import DataError
from penstock.jobs import Catalogue, ScoreArgs, SeenItems
from penstock.scoring import SampleUser, ScoreReport
from penstock.tables import HISTORIES, ITEMS, MOVIES, RATINGS, SCORES, columns
from spark_jobs.als import item_factors, load_model, user_factors
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.ranking import Ranked, Ranking, Size, measure, write_ranking
from spark_jobs.session import fit_shuffles
from spark_jobs.shards import fingerprint
from spark_jobs.storage import discard_document, read_table, require, size_of, write_document
from spark_jobs.transforms.filters import of_genres, only
from spark_jobs.transforms.histories import seen_by_user
from spark_jobs.transforms.samples import sample_users

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Who and what has ratings but no factors; the fields are ScoreReport's."""

    users_without_scores: int
    items_without_factors: int


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The tables that scoring reads."""

    ratings: DataFrame
    histories: DataFrame
    movies: DataFrame | None


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(ScoreArgs, run, argv)


def run(spark: SparkSession, args: ScoreArgs) -> ScoreReport:
    """Read, score, write the table in shards of users, report; raises DataError for a model without users."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    model, sources = load_model(args.model_uri), read_sources(spark, args)
    ranking = describe_ranking(spark, args, model, sources)
    size = check(measure(ranking), args)
    ranked = write_ranking(ranking, size, args.scores_uri, SCORES, inputs=_inputs(spark, args), progress=progress)
    progress(
        f"{ranked.rows:,} scores, seen: {args.seen_items}, written to {args.scores_uri}; "
        f"{ranked.users - ranked.full:,} users have fewer than {args.k}"
    )
    absent = find_absent(model, sources)
    progress(
        f"no scores for {absent.users_without_scores:,} users and {absent.items_without_factors:,} items, which have "
        "ratings but no factors in the model"
    )
    scores = read_table(spark, args.scores_uri, SCORES)
    samples = sample_users(scores, sources.histories, sources.ratings, sources.movies) if sources.movies else []
    report = describe_scores(args, ranked, absent, samples, seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    return report


def read_sources(spark: SparkSession, args: ScoreArgs) -> Sources:
    """All tables; histories are made of the ratings where nobody has laid them out."""
    ratings = read_table(spark, args.ratings_uri, RATINGS)
    known = args.histories_uri and read_table(spark, args.histories_uri, HISTORIES)
    return Sources(
        ratings=ratings,
        histories=known or seen_by_user(ratings).cache(),
        movies=read_table(spark, args.movies_uri, MOVIES) if args.movies_uri else None,
    )


def describe_ranking(spark: SparkSession, args: ScoreArgs, model: ALSModel, sources: Sources) -> Ranking:
    """What is ranked for whom."""
    return Ranking(
        users=user_factors(model),
        items=candidates(spark, args, item_factors(model), sources.movies),
        seen=sources.histories if SeenItems(args.seen_items) is SeenItems.EXCLUDE else None,
        rank=model.rank,
        k=args.k,
        catalogue=Catalogue(args.catalogue),
        shards=args.shards,
    )


def check(size: Size, args: ScoreArgs) -> Size:
    """The size, if there is work; raises DataError for a model without users and for filters that leave no item."""
    if not len(size.ids):
        raise DataError(f"{args.model_uri}: the model has no users")
    if not size.items:
        raise DataError(
            f"{args.model_uri}: no item of the model is left to recommend; genres: {args.genres}, available: "
            f"{args.available_uri or 'all'}. Loosen the filters or train on ratings of these items."
        )
    return size


def candidates(spark: SparkSession, args: ScoreArgs, items: DataFrame, movies: DataFrame | None) -> DataFrame:
    """The items (item_id, features) that pass the filters; raises DataError for genres without a table of movies."""
    genres = genres_of(args)
    if genres and movies is None:
        raise DataError(f"genres {args.genres} need a table of movies; give --movies_uri or leave --genres out")
    if genres and movies is not None:
        items = only(items, of_genres(movies, genres))
    return only(items, read_available(spark, args.available_uri)) if args.available_uri else items


def genres_of(args: ScoreArgs) -> list[str]:
    """The genres that are asked for; none means all."""
    return string_list(args.genres, f"{args.script}: --genres={args.genres}")


def read_available(spark: SparkSession, uri: str) -> DataFrame:
    """(item_id): the list at `uri`, CSV with a header if its name ends in .csv, else Parquet."""
    if not uri.endswith(".csv"):
        return read_table(spark, uri, ITEMS)
    size_of(spark, uri)
    return require(spark.read.csv(uri, header=True), uri, ITEMS)


def find_absent(model: ALSModel, sources: Sources) -> Absent:
    """Users and items with ratings that the model does not know."""
    rated = sources.ratings.select("item_id").distinct()
    return Absent(
        users_without_scores=sources.histories.join(user_factors(model), on="user_id", how="left_anti").count(),
        items_without_factors=rated.join(item_factors(model), on="item_id", how="left_anti").count(),
    )


def describe_scores(
    args: ScoreArgs, ranked: Ranked, absent: Absent, samples: list[SampleUser], *, seconds: float
) -> ScoreReport:
    """Everything that is known about the scores."""
    return ScoreReport(
        model_uri=args.model_uri,
        table=Table(name="scores", uri=args.scores_uri, columns=columns(SCORES), rows=ranked.rows),
        k=args.k,
        seen_items=args.seen_items,
        genres=genres_of(args),
        available_uri=args.available_uri,
        items=ranked.items,
        users=ranked.users,
        users_with_fewer=ranked.users - ranked.full,
        users_without_scores=absent.users_without_scores,
        items_without_factors=absent.items_without_factors,
        shards=ranked.shards,
        shards_resumed=ranked.resumed,
        samples=samples,
        seconds=seconds,
        code_sha=args.code_sha,
    )


def _inputs(spark: SparkSession, args: ScoreArgs) -> str:
    """What the table is made of: everything but where it goes."""
    values = {name: value for name, value in vars(args).items() if name not in ("scores_uri", "report_uri", "shards")}
    uris = [args.model_uri, args.ratings_uri, args.histories_uri, args.movies_uri, args.available_uri]
    return fingerprint(spark, values, uris)


if __name__ == "__main__":
    main(sys.argv[1:])
