"""What each job of the recommender costs, as formulas of the size of its work.

Every constant is fitted on the rows of docs/benchmarks.md that stand beside it, and on those alone; rows that are not
named here are what tests/tools/capacity judges the formulas by. All come from one machine with two cores that had other
work: beyond 20 million ratings everything is extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FITTED_RATINGS = 17_233_719
"""What 20,000,000 generated ratings are when those that were drawn twice are left out: the section `train-20m`."""
FITTED_SCORES = 138_000 * 26_700


@dataclass(frozen=True, kw_only=True)
class Size:
    """What there is to do."""

    ratings: int
    users: int
    items: int
    rank: int = 10
    k: int = 10
    """Items in each user's list."""
    iterations: int = 10
    """Of ALS, for one candidate of the grid."""
    records: int = 0
    """JSON lines for a Python model of batch prediction."""

    @property
    def scores(self) -> float:
        """Users times items."""
        return float(self.users) * self.items


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One job."""

    name: str
    start: float
    """Seconds of every run, whatever its size: Java, the driver, an executor, its Python."""
    work: Callable[[Size], float]
    """Seconds of one core beyond the start."""
    memory: Callable[[Size], float]
    """Bytes over driver and executors at the peak if nothing is spilled to disk."""
    sections: str
    """The sections of docs/benchmarks.md that it is fitted on."""
    alone: bool = False
    """On the driver's node, whatever nodes there are."""

    def seconds(self, size: Size, cores: int) -> float:
        """On so many cores that share the work evenly: a lower bound, without the network and without skew."""
        return self.start + self.work(size) / cores


# How it grows, one worker: 23.4 s and 1,802 MB at 100,000 ratings, 148.9 s and 3,880 MB at 20 million.
ETL_PER_RATING = (148.9 - 23.4) / FITTED_RATINGS
ETL_BYTES = (3_880e6 - 1_802e6) / FITTED_RATINGS

# Rank 10 of "How it grows", one worker: 28.5 s and 1,655 MB, 95.7 s and 3,973 MB. Rank 64 of "train-20m": 480 s of the
# processor. A normal equation takes the square of the rank for each rating (Hu, Koren, Volinsky 2008).
ALS_RANK_10 = (95.7 - 28.5) / FITTED_RATINGS / 10
ALS_RANK_64 = (480 - 28.5) / FITTED_RATINGS / 10
ALS_PER_SQUARE = (ALS_RANK_64 - ALS_RANK_10) / (64**2 - 10**2)
ALS_PER_RATING = ALS_RANK_10 - 10**2 * ALS_PER_SQUARE
ALS_BYTES = (3_973e6 - 1_655e6) / FITTED_RATINGS

# "train-20m": 96.8 s of the processor, rank 64, 10 iterations. Conjugate gradients take the rank for each rating
# (Takacs, Pilaszy, Tikk 2011).
IMPLICIT_PER_FACTOR = (96.8 - 28.5) / FITTED_RATINGS / 10 / 64

# "score-10-10", "score-64-10" and "score-10-100", the whole job with seen items excluded, warm: 8.85, 12.9 and 14.6 s
# of the processor. "How it grows", one worker: 23.0 s and 1,612 MB, 32.8 s and 3,570 MB, rank 10, k 10.
SCORE_PER_FACTOR = (12.9 - 8.85) / (64 - 10) / (138_493 * 26_744)
SCORE_PER_LISTED = (14.6 - 8.85) / (100 - 10) / 138_493
SCORE_PER_PAIR = (32.8 - 23.0 - 138_000 * 10 * SCORE_PER_LISTED) / FITTED_SCORES - 10 * SCORE_PER_FACTOR
SCORE_BYTES = (3_570e6 - 1_612e6) / FITTED_RATINGS

# "evaluate", the whole job, warm: 48.2 s of the processor. One point: nothing is left to judge it by.
EVALUATE_PER_PAIR = 48.2 / (138_493 * 26_744)
EVALUATE_BYTES = (5_617e6 - 1_612e6) / FITTED_RATINGS

# How it grows, one worker: 20.3 s and 1,739 MB at 100,000 records, 99.4 s and 2,642 MB at 20 million.
PREDICT_PER_RECORD = (99.4 - 20.3) / 20e6
PREDICT_BYTES = (2_642e6 - 1_739e6) / 20e6


def implicit_bytes(size: Size) -> float:
    """As spark_jobs/engines/memory.py refuses by; a test holds the two together."""
    return 44 * size.ratings + (48 + 24 * size.rank) * (size.users + size.items)


STAGES = {
    each.name: each
    for each in (
        Stage(
            name="ETL",
            start=23.4,
            work=lambda size: ETL_PER_RATING * size.ratings,
            memory=lambda size: 1_802e6 + ETL_BYTES * size.ratings,
            sections="scaling",
        ),
        Stage(
            name="training",
            start=28.5,
            work=lambda size: size.ratings * size.iterations * (ALS_PER_RATING + ALS_PER_SQUARE * size.rank**2),
            memory=lambda size: 1_655e6 + ALS_BYTES * size.ratings,
            sections="scaling, train-20m",
        ),
        Stage(
            name="training, implicit",
            start=28.5,
            work=lambda size: size.ratings * size.iterations * size.rank * IMPLICIT_PER_FACTOR,
            memory=implicit_bytes,
            sections="train-20m",
            alone=True,
        ),
        Stage(
            name="evaluation",
            start=23.0,
            work=lambda size: EVALUATE_PER_PAIR * size.scores,
            memory=lambda size: 1_612e6 + EVALUATE_BYTES * size.ratings,
            sections="evaluate",
        ),
        Stage(
            name="scoring",
            start=23.0,
            work=lambda size: (
                size.scores * (SCORE_PER_PAIR + size.rank * SCORE_PER_FACTOR) + size.users * size.k * SCORE_PER_LISTED
            ),
            memory=lambda size: 1_612e6 + SCORE_BYTES * size.ratings,
            sections="scaling, score-10-10, score-64-10, score-10-100",
        ),
        Stage(
            name="prediction",
            start=20.3,
            work=lambda size: PREDICT_PER_RECORD * size.records,
            memory=lambda size: 1_739e6 + PREDICT_BYTES * size.records,
            sections="scaling",
        ),
    )
}
