import pytest

from glue_scripts.transforms.viewers import describe_viewers
from penstock.tables import MOVIES, RATINGS, SHARES, VIEWERS, ddl

DAY = 86_400
FILMS = [
    (1, "Alien (1979)", ["Horror", "Sci-Fi"]),
    (2, "Fawlty Towers (1975-1979)", ["Comedy"]),
    (3, "Babylon 5", ["Sci-Fi"]),
    (4, "2001: A Space Odyssey (1968) ", ["Children's", "(no genres listed)"]),
    (5, "(500) Days of Summer (2009)", ["Comedy", "Romance"]),
    (6, "Alien (1979)", []),
]


@pytest.fixture
def viewers(spark):
    def describe(*ratings, liked_rating=4.0):
        films = spark.createDataFrame(FILMS, ddl(MOVIES))
        rows = spark.createDataFrame(list(ratings), ddl(RATINGS))
        found = describe_viewers(rows, films, liked_rating=liked_rating)
        assert found.columns == list(VIEWERS)
        return {row["user_id"]: row.asDict() for row in found.collect()}

    return describe


def test_a_single_rating(viewers):
    found = viewers((7, 1, 4.5, 5 * DAY))
    shares = dict.fromkeys(SHARES, 0.0) | {"share_horror": 1.0, "share_sci_fi": 1.0}
    assert found == {
        7: {
            "user_id": 7,
            "ratings": 1,
            "mean_rating": 4.5,
            "std_rating": 0.0,
            "active_days": 1,
            "mean_year": 1979.0,
            **shares,
            "liked": ["Alien (1979)"],
        }
    }


def test_a_user_of_many_ratings(viewers):
    rows = [(1, 1, 5.0, DAY - 1), (1, 2, 3.0, DAY), (1, 4, 4.0, 3 * DAY), (1, 5, 4.0, 2 * DAY)]
    one = viewers(*rows, (2, 1, 1.0, 0))[1]
    assert viewers(*rows[::-1])[1] == one
    assert (one["ratings"], one["mean_rating"], one["std_rating"]) == (4, 4.0, pytest.approx(0.5**0.5))
    assert one["active_days"] == 4  # the last second of one day, to the first second of the third day after it
    assert one["mean_year"] == (1979 + 1975 + 1968 + 2009) / 4
    assert {name: one[name] for name in SHARES if one[name]} == {
        "share_horror": 0.25,
        "share_sci_fi": 0.25,
        "share_comedy": 0.5,
        "share_romance": 0.25,
        "share_children": 0.25,
    }
    assert one["liked"] == ["(500) Days of Summer (2009)", "2001: A Space Odyssey (1968) ", "Alien (1979)"]


def test_titles_that_say_no_year_have_no_part_in_the_mean(viewers):
    found = viewers((1, 3, 4.0, 0), (2, 3, 4.0, 0), (2, 1, 4.0, 0))
    assert (found[1]["mean_year"], found[2]["mean_year"]) == (None, 1979.0)


def test_who_liked_nothing_and_who_liked_two_films_of_one_title(viewers):
    found = viewers((1, 1, 3.5, 0), (2, 1, 5.0, 0), (2, 6, 5.0, 0))
    assert (found[1]["liked"], found[2]["liked"]) == ([], ["Alien (1979)"])
    assert viewers((1, 1, 3.5, 0), liked_rating=3.5)[1]["liked"] == ["Alien (1979)"]
