"""EMR step: what the real-time service loads of a model, as arrays and a manifest, which is written last."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.bundle import MANIFEST, BundleManifest
from penstock.documents import TrainingReport
from penstock.jobs import BundleArgs, Objective
from penstock.tables import HISTORIES, MOVIES, RATINGS
from spark_jobs.als import DEFAULTS, item_factors, load_model, user_factors
from spark_jobs.bundling.content import Content, Made, write_arrays
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import (
    discard_document,
    list_files,
    read_table,
    read_text,
    read_whole,
    size_of,
    upload,
    write_document,
)
from spark_jobs.transforms.histories import seen_by_user

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(BundleArgs, run, argv)


def run(spark: SparkSession, args: BundleArgs) -> BundleManifest:
    """Read, lay out, place, report; raises DataError for a model without items."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    training = TrainingReport.from_json(read_text(spark, args.training_uri), args.training_uri)
    content = read_content(spark, args)
    with tempfile.TemporaryDirectory(prefix="penstock-bundle-") as folder:
        made = write_arrays(content, Path(folder))
        progress(
            f"{made.users:,} users, {made.items:,} items, {made.genres:,} genres, {made.seen:,} seen: "
            f"{sum(each.bytes for each in made.files):,} bytes"
        )
        manifest = describe_bundle(args, training, made, rank=content.rank, top_rating=top_rating(content))
        manifest = place_bundle(spark, Path(folder), manifest, args.bundle_uri, progress)
    write_document(spark, manifest, args.report_uri)
    return manifest


def read_content(spark: SparkSession, args: BundleArgs) -> Content:
    """All tables; histories are made of the ratings where nobody has laid them out."""
    model, ratings = load_model(args.model_uri), read_table(spark, args.ratings_uri, RATINGS)
    histories = read_table(spark, args.histories_uri, HISTORIES) if args.histories_uri else seen_by_user(ratings)
    return Content(
        model_uri=args.model_uri,
        users=user_factors(model),
        items=item_factors(model),
        ratings=ratings,
        histories=histories,
        movies=read_table(spark, args.movies_uri, MOVIES),
        rank=model.rank,
    )


def top_rating(content: Content) -> float:
    """The largest; 0 if nobody has rated anything."""
    (found,) = content.ratings.agg(F.max("rating")).first() or (None,)
    return float(found or 0.0)


def describe_bundle(
    args: BundleArgs, training: TrainingReport, made: Made, *, rank: int, top_rating: float
) -> BundleManifest:
    """Everything that is known about the bundle."""
    return BundleManifest(
        model=args.model,
        version=args.version,
        model_uri=args.model_uri,
        dag_id=args.dag_id,
        run_id=args.run_id,
        rank=rank,
        users=made.users,
        items=made.items,
        seen=made.seen,
        genres=made.genres,
        implicit=Objective(training.objective) is Objective.RANKING,
        alpha=training.best.get("alpha", DEFAULTS["alpha"]),
        reg_param=training.best.get("regParam", DEFAULTS["regParam"]),
        top_rating=top_rating,
        files=made.files,
        code_sha=args.code_sha,
    ).sealed()


def place_bundle(
    spark: SparkSession, folder: Path, manifest: BundleManifest, uri: str, progress: Progress
) -> BundleManifest:
    """Upload the files, the manifest last, unless an equal bundle is whole there; returns the manifest that holds.

    A service that looks while files are replaced finds no manifest, and keeps serving what it has.
    """
    there = read_whole(spark, BundleManifest, f"{uri}/{MANIFEST}")
    sizes = {name: size for name, (size, _) in list_files(spark, uri).items()}
    if there and same_content(there, manifest) and all(sizes.get(each.name) == each.bytes for each in there.files):
        progress(f"{uri} is there already, whole and equal")
        return there
    discard_document(spark, f"{uri}/{MANIFEST}")
    for each in manifest.files:
        upload(spark, folder / each.name, f"{uri}/{each.name}")
    write_document(spark, manifest, f"{uri}/{MANIFEST}")
    progress(f"wrote {uri}")
    return manifest


def same_content(one: BundleManifest, other: BundleManifest) -> bool:
    """Whether they say the same, whichever run has written them, and are as they were sealed."""
    plain = [replace(each, dag_id="", run_id="", code_sha="").sealed() for each in (one, other)]
    return plain[0] == plain[1] and one.checksum == one.expected_checksum()


if __name__ == "__main__":
    main(sys.argv[1:])
