import math

import pytest

from glue_scripts.drift import FLOOR, measure_drift, schema_changes
from penstock.checks import ColumnProfile
from penstock.documents import Column


def number(counts, nulls=0, edges=(1.0, 2.5)):
    rows = sum(counts) + nulls
    return ColumnProfile(name="age", type="int", rows=rows, nulls=nulls, edges=list(edges), counts=counts)


def category(other=0, nulls=0, **counts):
    rows = sum(counts.values()) + other + nulls
    return ColumnProfile(name="sex", type="string", rows=rows, nulls=nulls, categories=counts, other=other)


def test_equal_shares_have_not_moved_whatever_the_number_of_rows():
    assert measure_drift(number([1, 2, 3], 4), number([10, 20, 30], 40)).psi == 0
    assert measure_drift(category(a=1, b=0, other=3), category(a=2, b=0, other=6)).psi == 0


def test_the_index_is_the_sum_over_the_bins():
    found = measure_drift(number([50, 50, 0]), number([25, 75, 0]))
    assert found.psi == round(-0.25 * math.log(0.5) + 0.25 * math.log(1.5), 6) == 0.274653
    assert (found.column, found.worst_bin) == ("age", "below 1: 50.0% of the rows then, 25.0% now")


def test_the_index_is_the_same_both_ways():
    few, many = number([5, 3, 2]), number([1, 8, 1])
    assert measure_drift(few, many).psi == measure_drift(many, few).psi > 0


def test_an_empty_bin_counts_as_one_row_in_ten_thousand():
    found = measure_drift(number([9, 0, 1]), number([9, 1, 0]))
    assert found.psi == round(2 * (0.1 - FLOOR) * math.log(0.1 / FLOOR), 6)


@pytest.mark.parametrize(
    ("old", "new", "worst"),
    [
        (number([10, 0, 0]), number([0, 10, 0]), "from 1 to below 2.5: 0.0% of the rows then, 100.0% now"),
        (number([10, 0, 0]), number([0, 0, 10]), "2.5 or more: 0.0% of the rows then, 100.0% now"),
        (number([10, 0, 0]), number([0, 0, 0], 10), "null: 0.0% of the rows then, 100.0% now"),
        (number([10], edges=()), number([5], 5, edges=()), "null: 0.0% of the rows then, 50.0% now"),
        (category(a=10), category(a=4, other=6), "any other value: 0.0% of the rows then, 60.0% now"),
        (category(a=5, b=5), category(a=9, b=1), "'b': 50.0% of the rows then, 10.0% now"),
    ],
)
def test_the_worst_bin_is_named(old, new, worst):
    assert measure_drift(old, new).worst_bin == worst


def test_schema_changes_are_sentences():
    old = [Column(name="a", type="int"), Column(name="b", type="string"), Column(name="c", type="int")]
    new = [Column(name="d", type="double"), Column(name="c", type="bigint"), Column(name="b", type="string")]
    assert schema_changes(old, old[::-1]) == []
    assert schema_changes(old, new) == [
        "Column 'a' (int) is gone.",
        "Column 'd' (double) is new.",
        "Column 'c' was int and is bigint.",
    ]
