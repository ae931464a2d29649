import pytest

from glue_scripts.transforms.ratings import judge_ratings, latest
from penstock.jobs import SourceFormat

T = 964982703
LINES = {
    f"1,10,4.0,{T}": None,
    f'"1","10","4.5",{T}': None,
    f" 7 ,10,5,{T}": None,
    "userId,movieId,rating,timestamp": "repeated header",
    "": "blank line",
    "  \t": "blank line",
    f"1,10,4.0,{T},": "not 4 columns",
    f"1,10,4,0,{T}": "not 4 columns",
    "1,10,4.0": "not 4 columns",
    f'1,"10,4.0,{T}': "unbalanced quote",
    "1," + "x" * 5_000: "longer than 4096 characters",
    "," * 30_000: "longer than 4096 characters",
    f"one,10,4.0,{T}": "userId is not an integer",
    f"1.0,10,4.0,{T}": "userId is not an integer",
    f",10,4.0,{T}": "userId is not an integer",
    f"1,0x1F,4.0,{T}": "movieId is not an integer",
    f"0,10,4.0,{T}": "userId is not between 1 and 2147483647",
    f"1,-10,4.0,{T}": "movieId is not between 1 and 2147483647",
    f"2147483648,10,4.0,{T}": "userId is not between 1 and 2147483647",
    f"99999999999999999999,10,4.0,{T}": "userId is not between 1 and 2147483647",
    f"2147483647,10,4.0,{T}": None,
    f"1,10,good,{T}": "rating is not a number",
    f"1,10,NaN,{T}": "rating is not a number",
    f"1,10,,{T}": "rating is not a number",
    f"1,10,0.0,{T}": "rating is not between 0.5 and 5",
    f"1,10,5.5,{T}": "rating is not between 0.5 and 5",
    f"1,10,3.7,{T}": "rating is not in halves",
    f"1,10,0.5,{T}": None,
    "1,10,4.0,now": "timestamp is not an integer",
    "1,10,4.0,788918399": "timestamp is not between 1995-01-01 and 2100-01-01",
    "1,10,4.0,4102444801": "timestamp is not between 1995-01-01 and 2100-01-01",
    "1,10,4.0,788918400": None,
    f"1,11,4.0,{T}": "movieId is not in movies",
    f"zero,11,9.9,{T}": "userId is not an integer",
}


def judge(spark, lines, source_format=SourceFormat.CSV):
    rows = [("f", line, line.startswith("userId")) for line in lines]
    frame = spark.createDataFrame(rows, "file string, line string, is_header boolean")
    movies = spark.createDataFrame([(10,)], "item_id bigint")
    return judge_ratings(frame, movies, source_format).collect()


def test_the_first_broken_rule_is_the_reason(spark):
    found = judge(spark, LINES)
    assert len(found) == len(LINES)
    assert {row.line: row.reason for row in found if row.reason} == {
        line: reason for line, reason in LINES.items() if reason
    }
    assert sorted((row.user_id, row.rating) for row in found if not row.reason) == [
        (1, 0.5),
        (1, 4.0),
        (1, 4.0),
        (1, 4.5),
        (7, 5.0),
        (2147483647, 4.0),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"1::10::4::{T}", None),
        (f"1::10::4:{T}", "not 4 columns"),
        (f"1::10::4::{T}::", "not 4 columns"),
        (f"1,10,4.0,{T}", "not 4 columns"),
        (f"1::10::6::{T}", "rating is not between 0.5 and 5"),
        ("", "blank line"),
    ],
)
def test_dat_lines(spark, line, reason):
    (row,) = judge(spark, [line], SourceFormat.DAT)
    assert row.reason == reason
    if reason is None:
        assert (row.user_id, row.item_id, row.rating, row.rated_at) == (1, 10, 4.0, T)


def test_the_latest_rating_wins_then_the_highest(spark):
    rows = [(1, 10, 5.0, 1), (1, 10, 2.0, 3), (1, 10, 3.0, 2), (2, 10, 1.0, 7), (2, 10, 4.0, 7), (3, 10, 2.5, 1)]
    ratings = spark.createDataFrame(rows, "user_id bigint, item_id bigint, rating double, rated_at bigint")
    assert latest(ratings).orderBy("user_id").collect() == [(1, 10, 2.0, 3, 3), (2, 10, 4.0, 7, 2), (3, 10, 2.5, 1, 1)]
