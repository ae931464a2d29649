from glue_scripts.transforms.movies import judge_movies
from penstock.jobs import SourceFormat


def judge(spark, lines, source_format=SourceFormat.CSV):
    frame = spark.createDataFrame([("f", line, False) for line in lines], "file string, line string, is_header boolean")
    return {row.line: row for row in judge_movies(frame, source_format).collect()}


def test_quoted_titles_and_genres(spark):
    found = judge(
        spark,
        [
            "1,Toy Story (1995),Adventure|Comedy",
            '11,"American President, The (1995)",Drama',
            '12,"""Great Performances"" Cats (1998)",Musical',
            "13,Nothing Else (1999),(no genres listed)",
            "14,Bare (2000),",
        ],
    )
    assert {(row.item_id, row.title, tuple(row.genres), row.reason) for row in found.values()} == {
        (1, "Toy Story (1995)", ("Adventure", "Comedy"), None),
        (11, "American President, The (1995)", ("Drama",), None),
        (12, '"Great Performances" Cats (1998)', ("Musical",), None),
        (13, "Nothing Else (1999)", (), None),
        (14, "Bare (2000)", (), None),
    }


def test_refused_movies(spark):
    lines = {
        "11,American President, The (1995),Drama": "not 3 columns",
        '12,"Cats (1998),Musical': "unbalanced quote",
        '12,Cats" (1998),Musical': "unbalanced quote",
        "13, ,Drama": "title is empty",
        "13,,Drama": "title is empty",
        "x,Toys,Drama": "movieId is not an integer",
        "0,Toys,Drama": "movieId is not between 1 and 2147483647",
        "5,Alpha,Drama": None,
        "5,Beta,Drama": "movieId occurs before",
        "5,,Drama": "title is empty",
    }
    assert {line: row.reason for line, row in judge(spark, lines).items()} == lines


def test_an_identical_movie_is_kept_once(spark):
    frame = spark.createDataFrame([("f", "5,A,B", False)] * 3, "file string, line string, is_header boolean")
    reasons = [row.reason for row in judge_movies(frame, SourceFormat.CSV).collect()]
    assert sorted(reasons, key=str) == [None, "movieId occurs before", "movieId occurs before"]


def test_dat_movies(spark):
    found = judge(spark, ["1::Toy, Story::Adventure|Comedy", "2::A::B::C", "3::A::"], SourceFormat.DAT)
    assert {(row.item_id, row.title, tuple(row.genres), row.reason) for row in found.values()} == {
        (1, "Toy, Story", ("Adventure", "Comedy"), None),
        (2, "A", ("B",), "not 3 columns"),
        (3, "A", (), None),
    }
