"""An order-independent hash of a table: equal rows, equal fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pyspark.sql import Column


def hash_sum(columns: Sequence[Column | str]) -> Column:
    """Aggregate: the exact sum of the rows' 64-bit hashes. A sum, not an XOR, so that a row counts twice if it is."""
    return F.sum(F.xxhash64(*columns).cast("decimal(38,0)"))


def as_text(total: Decimal | None) -> str:
    """The sum modulo 2**64, as 16 hexadecimal digits; None is the sum over no row."""
    return f"{int(total or 0) % 2**64:016x}"
