"""Who chose what, from Spark to the driver, as one sparse matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyspark.sql import functions as F
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    Ids = NDArray[np.int32]

SLICE_ROWS = 16_000_000
"""Rows of one collection: 128 MB on their way through Java, far below spark.driver.maxResultSize (1 GB)."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Ids in ascending order, and a row of `matrix` for each user with an entry in the column of each chosen item."""

    users: Ids
    items: Ids
    matrix: Any
    """scipy.sparse.csr_matrix, users x items, of ones; sorted, so that the order of the table's rows does not matter.
    A pair that is there twice is one choice."""


def collect(ratings: DataFrame, *, rows: int, slice_rows: int = SLICE_ROWS) -> Choices:
    """The pairs (user_id, item_id) of `rows` rows through Arrow, one slice of the users after the other."""
    columns = (np.empty(rows, dtype=np.int32), np.empty(rows, dtype=np.int32))
    slices = max(1, math.ceil(rows / slice_rows))
    number = F.pmod(F.xxhash64("user_id"), F.lit(slices))
    end = 0
    for each in range(slices):
        pairs: Any = ratings.where(number == each).select("user_id", "item_id").toPandas()
        start, end = end, end + len(pairs)
        for column, name in zip(columns, ("user_id", "item_id"), strict=True):
            column[start:end] = pairs[name].to_numpy()
    return _choices(*(column[:end] for column in columns))


def _choices(user_ids: Ids, item_ids: Ids) -> Choices:
    rows, users = pd.factorize(user_ids, sort=True)
    rows = rows.astype(np.int32)
    columns, items = pd.factorize(item_ids, sort=True)
    columns = columns.astype(np.int32)
    ones = np.ones(len(rows), dtype=np.float32)
    matrix = sparse.coo_matrix((ones, (rows, columns)), shape=(len(users), len(items))).tocsr()
    matrix.data[:] = 1.0
    return Choices(users=users, items=items, matrix=matrix)
