"""Every user's best items, made and measured in one pass: what leaves a task are sums, not lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from spark_jobs.transforms.kernel import BLOCK_ITEMS, Items, Kernel
from spark_jobs.transforms.lists import COLUMNS, Catalogue, Lists, measure_lists, own_popularity
from spark_jobs.transforms.python_worker import settled
from spark_jobs.transforms.resample import KEY, weighted_sums
from spark_jobs.transforms.topk import best_of, elements, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from spark_jobs.transforms.kernel import Best

SUMS = "sums array<double>, shown array<int>"


@dataclass(frozen=True, kw_only=True)
class JudgedLists:
    """What all lists come to."""

    sums: dict[str, NDArray[np.float64]]
    """For each of lists.COLUMNS: [0] its sum over users, [1:] its sum in each resample."""
    shown: int
    """How many different items were recommended."""


def judge_lists(users: DataFrame, items: Items, catalogue: Catalogue, *, k: int, resamples: int) -> JudgedLists:
    """Measure the k best of `items` for (user_id, features, seen, wanted); without features the list is empty.

    `seen` and `wanted` are arrays of items, neither of them empty.
    """
    broadcast = users.sparkSession.sparkContext.broadcast((items, catalogue))

    def judge(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        mine, known = broadcast.value
        kernels = [Kernel(each, k) for each in mine.blocks(BLOCK_ITEMS)]
        total = np.zeros((resamples + 1, len(COLUMNS)))
        shown: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        for batch in batches:
            for part in pieces(batch, k):
                lists = make_lists(part, kernels, known, k)
                values = np.column_stack([measure_lists(lists, known)[name] for name in COLUMNS])
                total += weighted_sums(part.column(KEY).to_numpy(), values, resamples)
                shown = np.union1d(shown, lists.items[lists.given])
        sums = pa.array([total.ravel()], pa.list_(pa.float64()))
        yield pa.RecordBatch.from_arrays([sums, pa.array([shown], pa.list_(pa.int32()))], ["sums", "shown"])

    keyed = users.select("user_id", "features", "seen", "wanted", F.xxhash64("user_id").alias(KEY))
    rows: list[Any] = keyed.mapInArrow(settled(judge), SUMS).collect()
    total = np.sum([np.reshape(row["sums"], (resamples + 1, len(COLUMNS))) for row in rows], axis=0)
    return JudgedLists(
        sums={name: total[:, column] for column, name in enumerate(COLUMNS)},
        shown=len({item for row in rows for item in row["shown"]}),
    )


def make_lists(users: pa.RecordBatch, kernels: list[Kernel], catalogue: Catalogue, k: int) -> Lists:
    """The lists of (user_id, features, seen, wanted)."""
    ids, scores = _best_of_known(users, kernels, k)
    owners, seen = elements(users.column("seen"))
    wanted_by, wanted = elements(users.column("wanted"))
    return Lists(
        items=ids,
        given=np.isfinite(scores),
        wanted_by=wanted_by,
        wanted=wanted,
        own=own_popularity(owners, seen, users.num_rows, catalogue),
    )


def _best_of_known(users: pa.RecordBatch, kernels: list[Kernel], k: int) -> Best:
    known = users.column("features").is_valid()
    rows = known.to_numpy(zero_copy_only=False)
    if rows.all():
        return best_of(users, kernels, k)
    ids = np.zeros((users.num_rows, k), dtype=np.int32)
    scores = np.full((users.num_rows, k), -np.inf, dtype=np.float32)
    if rows.any():
        ids[rows], scores[rows] = best_of(users.filter(known), kernels, k)
    return ids, scores
