"""Comparisons of whole processes: what is measured, and how it is told."""

import sys

import pytest

from harness.comparison import Comparison, Side, compare
from harness.document import HEAD, table, with_section

ALLOCATE = "import time; held = bytearray(60_000_000); held[::4096] = b'x' * len(held[::4096]); time.sleep(0.4)"
IN_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}], check=True)"
TELLING = "from harness.report import measured; measured(warm_s=0.25, rows=7)"


def python(name: str, code: str, **environment: str) -> Side:
    return Side(name=name, argv=[sys.executable, "-c", code], environment=environment)


def test_the_memory_of_what_a_side_starts_counts_too():
    comparison = compare([python("small", "import time; time.sleep(0.4)"), python("large", IN_A_CHILD)], repetitions=1)
    assert comparison.median("small", "peak_mb") < 40
    assert 60 < comparison.median("large", "peak_mb") < 140
    assert comparison.median("large", "whole_s") > 0.4


def test_a_side_tells_what_it_measured_within_and_every_run_counts():
    sides = [python("told", TELLING, PYTHONPATH="benchmarks"), python("silent", "")]
    comparison = compare(sides, repetitions=2)
    assert comparison.names() == ["whole_s", "warm_s", "rows", "peak_mb"]
    assert [len(runs) for runs in comparison.sides.values()] == [2, 2]
    assert (comparison.median("told", "warm_s"), comparison.spread("told", "rows")) == (0.25, (7, 7))
    assert comparison.median("silent", "warm_s") is None


def test_a_side_that_fails_ends_the_benchmark_with_its_last_words():
    with pytest.raises(SystemExit) as ended:
        compare([python("broken", "raise ValueError('no such table')")], repetitions=1)
    assert str(ended.value).startswith("broken: exit code 1\n")
    assert str(ended.value).endswith("ValueError: no such table")


def test_what_misleads_openblas_reaches_no_side(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "PRESCOTT")
    compare([python("clean", "import os; assert 'OPENBLAS_CORETYPE' not in os.environ")], repetitions=1)


def test_a_table_has_medians_spreads_and_how_many_times_quicker_than_the_first_side():
    runs = {
        "MLlib": [{"whole_s": 30.0, "peak_mb": 1200.0}, {"whole_s": 20.0, "peak_mb": 1000.0}],
        "Penstock": [{"whole_s": 2.0, "warm_s": 0.5, "peak_mb": 500.0}],
    }
    assert list(table(Comparison(sides=runs))) == [
        "| | whole process, s | warm, s | peak memory, MB |",
        "|---|---|---|---|",
        "| MLlib | 25 [20, 30] |  | 1,100 [1,000, 1,200] |",
        "| Penstock | 2, **12.5x** | 0.5 | 500 |",
    ]


def test_a_section_is_written_in_its_place_and_nothing_else_is_touched():
    once = with_section(HEAD, "first", "a \\1")
    twice = with_section(once, "second", "b")
    assert with_section(twice, "first", "new") == (
        f"{HEAD}\n<!-- first -->\nnew\n<!-- end of first -->\n\n<!-- second -->\nb\n<!-- end of second -->\n"
    )
    assert with_section(twice, "first", "a \\1") == twice
