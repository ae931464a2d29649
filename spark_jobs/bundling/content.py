"""A model, its movies and its ratings as the arrays of a bundle, in bounded memory."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyspark.sql import functions as F

from penstock.bundle import BundleFile, StoredArray
from penstock.errors import DataError
from spark_jobs.bundling.files import ArrayFile, Offsets
from spark_jobs.bundling.packing import packed

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from spark_jobs.bundling.packing import Column


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a bundle is made of."""

    model_uri: str
    users: DataFrame
    """(user_id, features)"""
    items: DataFrame
    """(item_id, features)"""
    ratings: DataFrame
    """(item_id)"""
    histories: DataFrame
    """(user_id, item_ids)"""
    movies: DataFrame
    """(item_id, title, genres)"""
    rank: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """What has been written to a folder of this machine."""

    files: list[StoredArray]
    users: int
    items: int
    seen: int
    genres: int


def write_arrays(content: Content, folder: Path) -> Made:
    """All files but the manifest; raises DataError for what no service could use."""
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(ArrayFile(folder, name, row=content.rank if name in _MATRICES else None))
            for name in BundleFile
        }
        item_ids = _write_items(content, files)
        users, seen = _write_users(content, files, item_ids)
        genres = _write_genres(content, files, item_ids)
    described = [files[name].described() for name in BundleFile]
    return Made(files=described, users=users, items=len(item_ids), seen=seen, genres=genres)


_MATRICES = (BundleFile.USER_FACTORS, BundleFile.ITEM_FACTORS)


def _write_items(content: Content, files: dict[BundleFile, ArrayFile]) -> NDArray[np.int32]:
    """Ids, factors, titles and popularity; returns the ids."""
    counted = content.ratings.groupBy("item_id").agg(F.count("*").alias("ratings"))
    titles = content.movies.select("item_id", F.nullif(F.trim("title"), F.lit("")).alias("title"))
    rows = (
        content.items.join(counted, on="item_id", how="left")
        .join(titles, on="item_id", how="left")
        .select(
            "item_id",
            "features",
            F.coalesce("ratings", F.lit(0)).cast("bigint").alias("ratings"),
            F.coalesce("title", F.concat(F.lit("Item "), F.col("item_id").cast("string"))).alias("title"),
        )
        .orderBy("item_id")
    )
    found, starts = [], Offsets(files[BundleFile.TITLE_OFFSETS])
    for batch in packed(rows):
        found.append(batch["item_id"][0])
        files[BundleFile.ITEM_IDS].append(batch["item_id"][0])
        _append_factors(files[BundleFile.ITEM_FACTORS], batch["features"], content)
        files[BundleFile.POPULARITY].append(batch["ratings"][0])
        files[BundleFile.TITLES].append(batch["title"][0])
        starts.append(batch["title"][1])
    ids: NDArray[np.int32] = np.concatenate(found) if found else np.empty(0, dtype=np.int32)
    if not len(ids):
        raise DataError(f"{content.model_uri}: the model has no items; there is nothing to serve")
    _require_ascending(ids, "item", content)
    return ids


def _write_users(content: Content, files: dict[BundleFile, ArrayFile], item_ids: NDArray[np.int32]) -> tuple[int, int]:
    """Ids, factors and what was seen of the model's items; returns how many users and how many pairs."""
    seen = content.histories.select("user_id", F.array_sort(F.array_distinct("item_ids")).alias("seen"))
    rows = (
        content.users.join(seen, on="user_id", how="left")
        .select("user_id", "features", F.coalesce("seen", F.array().cast("array<int>")).alias("seen"))
        .orderBy("user_id")
    )
    found, starts = [], Offsets(files[BundleFile.SEEN_OFFSETS])
    for batch in packed(rows):
        found.append(batch["user_id"][0])
        files[BundleFile.USER_IDS].append(batch["user_id"][0])
        _append_factors(files[BundleFile.USER_FACTORS], batch["features"], content)
        positions, counts = _positions(batch["seen"], item_ids)
        files[BundleFile.SEEN_ITEMS].append(positions)
        starts.append(counts)
    ids: NDArray[np.int32] = np.concatenate(found) if found else np.empty(0, dtype=np.int32)
    _require_ascending(ids, "user", content)
    return len(ids), starts.end


def _write_genres(content: Content, files: dict[BundleFile, ArrayFile], item_ids: NDArray[np.int32]) -> int:
    """Names and the items of each; returns how many genres there are. Genres of no item of the model are left out."""
    rows = (
        content.movies.join(content.items.select("item_id"), on="item_id", how="left_semi")
        .select("item_id", F.explode(F.array_distinct("genres")).alias("genre"))
        .where(F.col("genre") != "")
        .groupBy("genre")
        .agg(F.array_sort(F.collect_list("item_id")).alias("items"))
        .orderBy("genre")
    )
    genres = 0
    names, starts = Offsets(files[BundleFile.GENRE_NAME_OFFSETS]), Offsets(files[BundleFile.GENRE_OFFSETS])
    for batch in packed(rows):
        genres += len(batch["genre"][1])
        files[BundleFile.GENRE_NAMES].append(batch["genre"][0])
        names.append(batch["genre"][1])
        positions, counts = _positions(batch["items"], item_ids)
        files[BundleFile.GENRE_ITEMS].append(positions)
        starts.append(counts)
    return genres


def _append_factors(file: ArrayFile, features: Column, content: Content) -> None:
    values, counts = features
    if (counts != content.rank).any():
        raise DataError(
            f"{content.model_uri}: factors of {counts.min()} to {counts.max()}; expected {content.rank} each"
        )
    if not np.isfinite(values).all():
        raise DataError(
            f"{content.model_uri}: factors that are no finite numbers: the training has diverged. Train with a larger "
            "regParam or a smaller alpha"
        )
    file.append(values)


def _positions(lists: Column, item_ids: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lists of ids as lists of positions, without the items that have no factors."""
    ids, counts = lists
    places = np.minimum(np.searchsorted(item_ids, ids), len(item_ids) - 1)
    known = item_ids[places] == ids
    owners = np.repeat(np.arange(len(counts)), counts)
    return places[known], np.bincount(owners[known], minlength=len(counts)).astype(np.int64)


def _require_ascending(ids: NDArray[np.int32], what: str, content: Content) -> None:
    twice = np.flatnonzero(ids[1:] == ids[:-1])
    if len(twice):
        raise DataError(
            f"{content.model_uri}: {what} {ids[twice[0]]} is there more than once when its tables are joined; expected "
            "one row of factors, of movies and of histories for each id"
        )
