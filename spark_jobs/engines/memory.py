"""What fitting on the driver needs and has, in bytes."""

from __future__ import annotations

import os
from pathlib import Path

from penstock.errors import DataError

BYTES_PER_RATING = 44
"""At the peak, while the second matrix is laid out: one entry is 4 bytes of index and 4 of confidence. The choices by
user, kept for the next candidate (8), the same by item (8), both with their confidences (16), what SciPy joins them
from (8), and a copy of the confidences (4). Collecting stays below: two ids (8), their places (8) and one slice."""
BYTES_PER_FACTOR = 24
"""The factor itself (4), its copy with the rows of the regularisation (4), that row's entry in the matrix (8), and
again while it is laid out (8). Saving stays below: the factor and its copies in pandas, Arrow and Java."""
BYTES_PER_ROW = 48
"""Of users and items: the row pointers of the matrices that stand at once, six of 8 bytes."""
SHARE = 0.5
"""Of the driver's machine, if nothing else is said: the other half is Java's and the system's."""
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def bytes_needed(*, ratings: int, users: int, items: int, rank: int) -> int:
    """The driver's memory for one fit with `implicit`, beside what Python and its libraries take."""
    return BYTES_PER_RATING * ratings + (BYTES_PER_ROW + BYTES_PER_FACTOR * rank) * (users + items)


def bytes_available(gb: float) -> int:
    """What the spec allows in GB of 10^9 bytes; of 0, half of the machine's memory, or of its container's."""
    if gb:
        return int(gb * 1e9)
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP_LIMIT.read_text(encoding="ascii").strip() if _CGROUP_LIMIT.exists() else "max"
    return int(SHARE * (machine if limit == "max" else min(machine, int(limit))))


def check_memory(*, ratings: int, users: int, items: int, rank: int, available: int) -> None:
    """Raises DataError if a fit does not fit."""
    needed = bytes_needed(ratings=ratings, users=users, items=items, rank=rank)
    if needed > available:
        raise DataError(
            f"engine 'implicit' needs about {needed / 1e9:.1f} GB on the driver for {ratings:,} ratings of about "
            f"{users:,} users and {items:,} items at rank {rank}, and may use {available / 1e9:.1f} GB: use engine "
            "'mllib', a smaller rank, or a larger driver with more engine_memory_gb"
        )
