"""The formulas against rows of docs/benchmarks.md that no constant was fitted on, and against the code's own bounds.

Times there were taken by the clock on a busy machine, where differences under 15 % mean nothing.
"""

import re
from dataclasses import replace

import pytest

from spark_jobs import ranking_plan
from spark_jobs.engines.memory import bytes_needed
from tools.capacity import limits
from tools.capacity.stages import FITTED_RATINGS, STAGES, Size
from tools.settings import REPOSITORY

TEXT = (REPOSITORY / "docs" / "benchmarks.md").read_text(encoding="utf-8")
LARGE = Size(ratings=FITTED_RATINGS, users=138_000, items=26_700, records=20_000_000)
SMALL = Size(ratings=1_000_000, users=6_040, items=3_700, records=1_000_000)
SCORED = Size(ratings=FITTED_RATINGS, users=138_493, items=26_744)


def cells(section: str, *starts: str) -> list[list[float]]:
    """The numbers of the row that begins like this, cell by cell; medians without their spread."""
    body = TEXT.partition(f"<!-- {section} -->")[2].partition("<!-- end")[0]
    row = next(line for line in body.splitlines() if line.startswith("| " + " | ".join(starts)))
    found = [re.sub(r"\[[^]]*\]|\*\*[^*]*\*\*", "", each) for each in row.split("|")[1 + len(starts) : -1]]
    return [[float(each.replace(",", "")) for each in re.findall(r"[\d,]*\d\.?\d*", cell)] for cell in found]


def numbers(section: str, *starts: str) -> list[float]:
    """The first number of each cell."""
    return [each[0] for each in cells(section, *starts)]


def within(factor: float, predicted: float, measured: float) -> bool:
    """At most so many times too much or too little."""
    return 1 / factor <= predicted / measured <= factor


GROWING = ("ETL", "training", "scoring", "prediction")


@pytest.mark.parametrize("job", GROWING)
def test_the_constants_are_those_of_the_benchmark(job: str) -> None:
    """A new run of the benchmark that says something else makes somebody fit them again."""
    small, _, large, _ = _by_size(job, "1")
    assert within(1.2, STAGES[job].start, small[0])
    assert within(1.2, STAGES[job].seconds(LARGE, 1), large[0])
    assert within(1.2, STAGES[job].memory(LARGE), large[1] * 1e6)


def _by_size(job: str, workers: str) -> list[list[float]]:
    """Seconds and MB at 100,000, 1 million and 20 million, then the exponents."""
    found = [
        [float(each.replace(",", "")) for each in re.findall(r"\d[\d,]*\.\d|\d[\d,]*", cell)]
        for cell in _row(job, workers)
    ]
    assert [len(each) for each in found[:3]] == [2, 2, 2]
    return found


def _row(job: str, workers: str) -> list[str]:
    body = TEXT.partition("<!-- scaling -->")[2].partition("<!-- end")[0]
    row = next(line for line in body.splitlines() if line.startswith(f"| {job} | {workers} |"))
    return [each.strip() for each in row.split("|")[3:-1]]


@pytest.mark.parametrize("job", GROWING)
def test_time_and_memory_between_the_fitted_sizes(job: str) -> None:
    """A million, one worker."""
    _, (seconds, megabytes), *_ = _by_size(job, "1")
    assert within(1.3, STAGES[job].seconds(SMALL, 1), seconds)
    assert within(1.3, STAGES[job].memory(SMALL), megabytes * 1e6)


@pytest.mark.parametrize("job", GROWING)
def test_a_second_worker(job: str) -> None:
    """Twenty million on two workers, whose two cores were shared with other work: the formula is a lower bound."""
    _, _, (seconds, _), *_ = _by_size(job, "2")
    assert within(2.0, STAGES[job].seconds(LARGE, 2), seconds)
    assert STAGES[job].seconds(LARGE, 2) < seconds


def test_scoring_at_a_rank_and_a_length_that_were_not_fitted_together() -> None:
    """Processor seconds, warm: rank 64 and k 100."""
    measured = numbers("score-64-100", "Penstock, the whole job, seen items excluded")[4]
    assert within(1.25, STAGES["scoring"].work(replace(SCORED, rank=64, k=100)), measured)


def test_prediction_of_five_million() -> None:
    """Two cores, the whole process; two ways of reading that are 1.2 apart."""
    for way in ("Penstock, classic", "Penstock, json"):
        measured = numbers("prediction", way)[0]
        assert within(1.5, STAGES["prediction"].seconds(replace(LARGE, records=5_000_000), 2), measured)


def test_training_of_a_million_by_implicit() -> None:
    small = Size(ratings=811_053, users=6_900, items=5_970, rank=64)
    measured = numbers("train-1m", "implicit, on the driver")[1]
    assert within(1.3, STAGES["training, implicit"].seconds(small, 2), measured)


def test_training_of_a_million_by_mllib_is_within_three() -> None:
    """Rank 64, by the clock, at a load of 10.9 on two cores, with the default blocks: the formula says too little."""
    small = Size(ratings=811_053, users=6_900, items=5_970, rank=64)
    measured = numbers("train-1m", "MLlib's ALS")[1]
    assert within(3.0, STAGES["training"].seconds(small, 2), measured)


def test_no_ratings_are_no_work() -> None:
    nothing = Size(ratings=0, users=0, items=0)
    assert {each.work(nothing) for each in STAGES.values()} == {0.0}
    assert all(each.seconds(nothing, 1_000) == each.start for each in STAGES.values())


@pytest.mark.parametrize("field", ["ratings", "users", "items", "rank", "k", "iterations", "records"])
def test_more_is_never_cheaper(field: str) -> None:
    more = replace(LARGE, **{field: 2 * getattr(LARGE, field)})
    assert all(each.work(more) >= each.work(LARGE) for each in STAGES.values())


def test_bounds_that_stand_elsewhere_are_the_same_here() -> None:
    """Tools may not import jobs, so that the numbers stand twice."""
    size = Size(ratings=7, users=5, items=3, rank=2)
    assert STAGES["training, implicit"].memory(size) == bytes_needed(ratings=7, users=5, items=3, rank=2)
    assert limits.BROADCAST_BYTES == ranking_plan.BROADCAST_BYTES
    assert 4 * limits.SEEN_ITEMS == ranking_plan.SEEN_BYTES
    assert limits.SHARD_SCORES == ranking_plan.SHARD_SCORES
