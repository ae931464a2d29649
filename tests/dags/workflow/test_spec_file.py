"""A wrong value is reported in the words of the file: path, key, got, expected, remedy."""

import re
from pathlib import Path

import pytest

from penstock.errors import SpecError
from workflow.recommender.spec import MovieRecommender
from workflow.spec_file import load_spec

SHIPPED = Path(__file__).parents[3] / "dags/specs/movie_recommender.yaml"


def _error(tmp_path: Path, pattern: str, replacement: str) -> str:
    """The message for the shipped YAML after one edit, without its first line."""
    text = SHIPPED.read_text(encoding="utf-8")
    edited = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
    assert edited != text
    path = tmp_path / "spec.yaml"
    path.write_text(edited, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(path, MovieRecommender)
    first, *rest = str(caught.value).split("\n")
    assert first == f"{path} does not fit MovieRecommender:"
    return "\n".join(rest)


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        ("^owner:", "onwer:", "  owner: missing\n  onwer: unknown key; did you mean 'owner'?"),
        (
            "test_fraction: 0.2",
            "test_fraction: 1.5",
            "  split.test_fraction: got 1.5, expected less than or equal to 0.9",
        ),
        (
            "seed: 42",
            "seed: many",
            '  split.seed: got "many", expected a valid integer, unable to parse string as an integer',
        ),
        ("format: csv", "format: cvs", "  source.format: got \"cvs\"; did you mean 'csv'?"),
        (
            "rank: \\[64\\]",
            "rnak: [64]",
            (
                "  models.movie_recommender.grid.rank: missing\n"
                "  models.movie_recommender.grid.rnak: unknown key; did you mean 'rank'?"
            ),
        ),
        (
            "rank: \\[64\\]",
            "rank: [64, 0]",
            "  models.movie_recommender.grid.rank[1]: got 0, expected greater than or equal to 1",
        ),
        (
            "rank: \\[64\\]",
            "rank: []",
            "  models.movie_recommender.grid.rank: got [], expected at least 1 item after validation, not 0",
        ),
        ("metric: rmse", "metric: rsme", "  models.movie_ratings.gate[0].metric: got \"rsme\"; did you mean 'rmse'?"),
        (
            "min_gain: -0.02",
            "min_gian: -0.02",
            "  models.movie_recommender.gate[0].min_gian: unknown key; did you mean 'min_gain'?",
        ),
        (
            "min_gain: -0.02",
            "min_gain: .nan",
            "  models.movie_recommender.gate[0].min_gain: got NaN, expected a finite number",
        ),
        (
            "core: {instance_type: r7g.xlarge",
            "core: {instance_type: big",
            "  cluster.core.instance_type: got \"big\", expected match pattern '^[a-z0-9-]+\\.[a-z0-9]+$'",
        ),
        (
            "core: {instance_type",
            "core: {instance",
            (
                "  cluster.core.instance_type: missing\n"
                "  cluster.core.instance: unknown key; did you mean 'instance_type'?"
            ),
        ),
        ("worker_type: G.1X", "worker_type: G.1x", "  glue.worker_type: got \"G.1x\"; did you mean 'G.1X'?"),
        (
            "  movie_ratings:",
            "  Movie-Ratings:",
            "  models.Movie-Ratings: got \"Movie-Ratings\", expected match pattern '^[a-z][a-z0-9_]*$'",
        ),
        (
            "  model: movie_recommender",
            "  model: movie_recomender",
            "  scoring: model 'movie_recomender' is not trained; did you mean 'movie_recommender'?",
        ),
        (
            "  model: movie_recommender",
            "  model: movie_ratings",
            "  scoring: model 'movie_ratings' is trained for 'rating'; a top-k list needs objective 'ranking'",
        ),
        (
            "rank: \\[10\\]",
            "rank: [10]\n      alpha: [1.0]",
            "  models.movie_ratings: grid.alpha has no effect on objective 'rating'; remove it or train for 'ranking'",
        ),
    ],
)
def test_the_message(tmp_path: Path, pattern: str, replacement: str, message: str) -> None:
    assert _error(tmp_path, pattern, replacement) == message


def test_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(SpecError, match=r"spec.yaml: not YAML: .*line 1, column 6"):
        load_spec(path, MovieRecommender)


def test_a_repeated_key_is_not_overwritten_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("split:\n  seed: 1\n  seed: 2\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"spec.yaml: not YAML: 'seed' is there twice .*line 3, column 3"):
        load_spec(path, MovieRecommender)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(SpecError, match="the document: got null, expected a valid dictionary"):
        load_spec(path, MovieRecommender)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"none.yaml: cannot be read: No such file or directory"):
        load_spec(tmp_path / "none.yaml", MovieRecommender)
