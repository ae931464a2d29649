import pytest

from glue_scripts.transforms.repeats import count_repeats
from penstock.documents import Repeats

SCHEMA = "a int, b string, part string, file string"


def repeats(spark, rows):
    return count_repeats(spark.createDataFrame(rows, SCHEMA), ["a", "b"])


@pytest.mark.parametrize("rows", [[], [(1, "x", "train", "f"), (2, "x", "train", "f"), (1, "y", "test", "f")]])
def test_distinct_rows_have_none(spark, rows):
    assert repeats(spark, rows) == Repeats(duplicates={"train": 0, "test": 0}, test_rows_in_train=0)


def test_equal_rows_are_counted_within_and_across_parts(spark):
    rows = [
        (1, "x", "train", "f"),
        (1, "x", "train", "g"),  # from another file: it says the same
        (1, "x", "train", "f"),
        (1, "x", "test", "h"),
        (1, "x", "test", "h"),
        (2, None, "train", "f"),
        (2, None, "test", "h"),
        (3, "x", "test", "h"),
        (3, "x", "test", "h"),
    ]
    assert repeats(spark, rows) == Repeats(duplicates={"train": 2, "test": 2}, test_rows_in_train=3)


def test_sparse_rows_are_compared_by_label_and_values(spark):
    def row(label, value, part):
        return (label, (0, 5, [1, 3], [2.0, value]), part)

    schema = "label double, features struct<type:tinyint,size:int,indices:array<int>,values:array<double>>, part string"
    rows = [row(1.0, 4.0, "train"), row(1.0, 4.0, "test"), row(0.0, 4.0, "test"), row(1.0, 4.5, "test")]
    found = count_repeats(spark.createDataFrame(rows, schema), ["label", "features"])
    assert found == Repeats(duplicates={"train": 0, "test": 0}, test_rows_in_train=1)
