import pytest

from glue_scripts.sources import MOVIES_COLUMNS, RATINGS_COLUMNS, Source, check_header, movielens_heading, read_source
from penstock.errors import DataError
from penstock.jobs import SourceFormat

CSV, DAT = SourceFormat.CSV, SourceFormat.DAT
HEADER = "userId,movieId,rating,timestamp"


def ratings(spark, folder, source_format=CSV):
    heading = movielens_heading(RATINGS_COLUMNS, source_format)
    source = Source(name="ratings", uri=str(folder), columns=RATINGS_COLUMNS, heading=heading)
    arrived = read_source(spark, source)
    return arrived.rows, [row.line for row in arrived.lines.where("NOT is_header").orderBy("file", "line").collect()]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n1,2,3.0,4\n5,6,1.0,7\n",
        f"{HEADER}\r\n1,2,3.0,4\r\n5,6,1.0,7\r\n",
        f"\ufeff{HEADER}\r\n1,2,3.0,4\r\n5,6,1.0,7",
        '"userId","movieId","rating","timestamp"\n1,2,3.0,4\n5,6,1.0,7\n',
    ],
    ids=["LF", "CRLF", "byte order mark and CRLF, no last line end", "quoted header"],
)
def test_line_ends_and_byte_order_marks(spark, tmp_path, content):
    (tmp_path / "ratings.csv").write_bytes(content.encode())
    assert ratings(spark, tmp_path) == (2, ["1,2,3.0,4", "5,6,1.0,7"])


def test_each_file_of_a_folder_has_its_header(spark, tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n1,2,3.0,4\n")
    (tmp_path / "b.csv").write_text(f"\ufeff{HEADER}\n5,6,1.0,7\n{HEADER}\n")
    rows, lines = ratings(spark, tmp_path)
    assert (rows, lines) == (3, ["1,2,3.0,4", "5,6,1.0,7"])


def test_dat_has_no_header_and_may_have_a_byte_order_mark(spark, tmp_path):
    (tmp_path / "ratings.dat").write_bytes("\ufeff1::2::3::4\r\n5::6::1::7\r\n".encode())
    assert ratings(spark, tmp_path, DAT) == (2, ["1::2::3::4", "5::6::1::7"])


@pytest.mark.parametrize("name", ["my ratings.csv", "100%.csv", "a%20b.csv", "[1]{2}.csv", "é*?.csv", "a+b#1.csv"])
def test_any_name_of_a_file_or_folder_is_read(spark, tmp_path, name):
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / name).write_text(f"{HEADER}\n1,2,3.0,4\n")
    assert ratings(spark, folder) == (1, ["1,2,3.0,4"])


def test_an_error_names_the_file_as_it_is_named(spark, tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "[1] 2.csv").touch()
    with pytest.raises(DataError, match=r"/my data/\[1\] 2\.csv is empty; expected ratings"):
        ratings(spark, folder)


def test_an_empty_file_is_named(spark, tmp_path):
    (tmp_path / "ratings.csv").touch()
    with pytest.raises(DataError) as failure:
        ratings(spark, tmp_path)
    assert str(failure.value) == (
        f"file://{tmp_path}/ratings.csv is empty; expected ratings with userId, movieId, rating, timestamp"
    )


def test_an_empty_folder_and_a_missing_one_are_named(spark, tmp_path):
    with pytest.raises(DataError, match=f"^{tmp_path}: the folder has no file; expected ratings$"):
        ratings(spark, tmp_path)
    with pytest.raises(DataError, match=rf"^{tmp_path}/x: no ratings can be read there \(.*PATH_NOT_FOUND"):
        ratings(spark, tmp_path / "x")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("userId,movieId,rating", "missing column timestamp; found userId, movieId, rating"),
        ("1,2,3.0,4", "missing column userId, movieId, rating, timestamp; found 1, 2, 3.0, 4"),
        (
            "movieId,userId,rating,timestamp",
            "columns in another order, or too many; found movieId, userId, rating, timestamp",
        ),
        (
            "userId,movieId,rating,timestamp,tag",
            "columns in another order, or too many; found userId, movieId, rating, timestamp, tag",
        ),
    ],
)
def test_a_wrong_header_says_what_was_found_and_expected(header, problem):
    with pytest.raises(DataError) as failure:
        check_header(header, "s3://b/ratings.csv", RATINGS_COLUMNS)
    assert str(failure.value) == f"s3://b/ratings.csv: {problem}; expected userId, movieId, rating, timestamp"


def test_a_right_header_passes():
    check_header(" movieId, title ,genres", "f", MOVIES_COLUMNS)


def test_a_line_like_a_heading_is_a_row_where_the_file_has_none(spark, tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "a 1.csv").write_text("# made by hand\n1,2\n")
    (folder / "b.csv").write_text("3,4\n# made by hand\n")
    commented = Source(name="x", uri=str(folder), columns=("a", "b"), heading=lambda line, file: line.startswith("#"))
    arrived = read_source(spark, commented)
    assert arrived.rows == 3
    found = arrived.lines.orderBy("file", "line").collect()
    assert [(row.file[-5:], row.line, row.is_header) for row in found] == [
        ("1.csv", "# made by hand", True),
        ("1.csv", "1,2", False),
        ("b.csv", "# made by hand", False),
        ("b.csv", "3,4", False),
    ]
