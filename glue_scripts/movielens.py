"""MovieLens ratings and movies to good rows, a quarantine, and a report in which every row counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Observation
from pyspark.sql import functions as F

from glue_scripts.balance import check_balance, check_quality
from glue_scripts.refusals import Refusals, write_refused
from glue_scripts.sources import (
    MOVIES_COLUMNS,
    RATINGS_COLUMNS,
    Arrived,
    Source,
    movielens_heading,
    read_source,
)
from glue_scripts.transforms.movies import judge_movies
from glue_scripts.transforms.quarantine import good, refused
from glue_scripts.transforms.ratings import judge_ratings, latest
from penstock.documents import DataReport, RowCounts, Table
from penstock.jobs import SourceFormat
from penstock.tables import MOVIES, RATINGS, Schema, columns
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, read_table, size_of, write_document, write_table
from spark_jobs.transforms.fingerprint import as_text, hash_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from penstock.jobs import CleanRatingsArgs

RATINGS_NAME, MOVIES_NAME = "ratings", "movies"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the tables of good rows hold, counted in what was written."""

    ratings: int
    superseded: int
    movies: int
    users: int
    items: int
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Derived:
    """One more table, made of the written ratings and movies."""

    name: str
    schema: Schema
    make: Callable[[DataFrame, DataFrame], DataFrame]


def clean(spark: SparkSession, args: CleanRatingsArgs, derived: Sequence[Derived] = ()) -> DataReport:
    """Read, judge, write tables, quarantine and report, then fail if too many rows were refused (DataError)."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.ratings_uri) + size_of(spark, args.movies_uri))
    source_format = SourceFormat(args.format)
    arrived_movies = _read(spark, MOVIES_NAME, args.movies_uri, MOVIES_COLUMNS, source_format)
    arrived_ratings = _read(spark, RATINGS_NAME, args.ratings_uri, RATINGS_COLUMNS, source_format)
    progress(f"{arrived_ratings.rows:,} ratings and {arrived_movies.rows:,} movies arrived")
    movies = judge_movies(arrived_movies.lines, source_format).cache()
    ratings = judge_ratings(arrived_ratings.lines, good(movies), source_format).cache()
    written = _write_good(spark, ratings, movies, args.clean_uri)
    progress(f"{written.ratings:,} ratings by {written.users:,} users and {written.movies:,} movies are good")
    more = [_derive(spark, args.clean_uri, each) for each in derived]
    for table in more:
        progress(f"{table.rows:,} {table.name} were made of them")
    bad = refused(ratings, RATINGS_NAME).unionByName(refused(movies, MOVIES_NAME))
    refusals = write_refused(bad, args.quarantine_uri)
    report = _report(args, {RATINGS_NAME: arrived_ratings, MOVIES_NAME: arrived_movies}, written, refusals, more)
    check_balance(report.sources)
    write_document(spark, report, args.report_uri)
    progress(f"{refusals.rows:,} rows quarantined, {written.superseded:,} superseded; report in {args.report_uri}")
    check_quality(report, args.max_bad_ratio)
    return report


def _read(spark: SparkSession, name: str, uri: str, names: tuple[str, ...], source_format: SourceFormat) -> Arrived:
    heading = movielens_heading(names, source_format)
    return read_source(spark, Source(name=name, uri=uri, columns=names, heading=heading))


def _write_good(spark: SparkSession, ratings: DataFrame, movies: DataFrame, clean_uri: str) -> Written:
    superseded = Observation("superseded")
    rows = latest(good(ratings)).observe(superseded, F.sum(F.col("versions") - 1).alias("rows"))
    write_table(rows.sortWithinPartitions("user_id", "item_id"), f"{clean_uri}/{RATINGS_NAME}", RATINGS)
    write_table(good(movies).sortWithinPartitions("item_id"), f"{clean_uri}/{MOVIES_NAME}", MOVIES)
    found = read_table(spark, f"{clean_uri}/{RATINGS_NAME}", RATINGS).agg(
        F.count("*").alias("rows"),
        F.count_distinct("user_id").alias("users"),
        F.count_distinct("item_id").alias("items"),
        hash_sum(list(RATINGS)).alias("hash"),
    )
    (row,) = found.collect()
    return Written(
        ratings=row["rows"],
        superseded=superseded.get["rows"] or 0,
        movies=read_table(spark, f"{clean_uri}/{MOVIES_NAME}", MOVIES).count(),
        users=row["users"],
        items=row["items"],
        fingerprint=as_text(row["hash"]),
    )


def _derive(spark: SparkSession, clean_uri: str, derived: Derived) -> Table:
    ratings = read_table(spark, f"{clean_uri}/{RATINGS_NAME}", RATINGS)
    movies = read_table(spark, f"{clean_uri}/{MOVIES_NAME}", MOVIES)
    uri = f"{clean_uri}/{derived.name}"
    write_table(derived.make(ratings, movies), uri, derived.schema)
    rows = read_table(spark, uri, derived.schema).count()
    return Table(name=derived.name, uri=uri, columns=columns(derived.schema), rows=rows)


def _report(
    args: CleanRatingsArgs, arrived: dict[str, Arrived], written: Written, refusals: Refusals, more: list[Table]
) -> DataReport:
    kept = {RATINGS_NAME: (written.ratings, written.superseded, RATINGS), MOVIES_NAME: (written.movies, 0, MOVIES)}
    return DataReport(
        sources={
            name: RowCounts(
                read=arrived[name].rows,
                good=rows,
                quarantined=refusals.of(name),
                superseded=superseded,
            )
            for name, (rows, superseded, _) in kept.items()
        },
        quarantined_by_reason=refusals.by_reason(),
        tables=[
            *[
                Table(name=name, uri=f"{args.clean_uri}/{name}", columns=columns(schema), rows=rows)
                for name, (rows, _, schema) in kept.items()
            ],
            *more,
        ],
        quarantine_uri=args.quarantine_uri,
        users=written.users,
        items=written.items,
        fingerprint=written.fingerprint,
        code_sha=args.code_sha,
    )
