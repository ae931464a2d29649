"""Locations: literal, because jobs and tools meet there."""

import pytest

from penstock.errors import PenstockError
from penstock.layout import Layout, run_key, split_uri

RUN = Layout("s3://bucket/prefix/").run("movie_recommender", "r1")


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (RUN.table("ratings"), "s3://bucket/prefix/runs/movie_recommender/r1/clean/ratings"),
        (RUN.quarantine, "s3://bucket/prefix/runs/movie_recommender/r1/quarantine"),
        (RUN.data_report, "s3://bucket/prefix/runs/movie_recommender/r1/report/data.json"),
        (RUN.cost_estimate, "s3://bucket/prefix/runs/movie_recommender/r1/report/cost-estimate.json"),
        (RUN.cost, "s3://bucket/prefix/runs/movie_recommender/r1/report/cost.json"),
        (RUN.model("m"), "s3://bucket/prefix/runs/movie_recommender/r1/model/m"),
        (RUN.training_report("m"), "s3://bucket/prefix/runs/movie_recommender/r1/metrics/m/training.json"),
        (RUN.evaluation("m"), "s3://bucket/prefix/runs/movie_recommender/r1/metrics/m/evaluation.json"),
        (RUN.verdict("m"), "s3://bucket/prefix/runs/movie_recommender/r1/metrics/m/verdict.json"),
        (RUN.scores("m"), "s3://bucket/prefix/runs/movie_recommender/r1/scores/m"),
        (RUN.score_report("m"), "s3://bucket/prefix/runs/movie_recommender/r1/report/scores-m.json"),
        (Layout("s3://bucket").raw("movielens"), "s3://bucket/raw/movielens"),
        (Layout("s3://bucket").models("m"), "s3://bucket/models/m"),
        (RUN.bundle_report("m"), "s3://bucket/prefix/runs/movie_recommender/r1/report/bundle-m.json"),
        (Layout("s3://bucket/p").bundle("m", "0123abcd"), "s3://bucket/p/bundles/m/0123abcd"),
        (Layout("s3://bucket").logs, "s3://bucket/logs/"),
        (Layout("s3://bucket/p").runs, "s3://bucket/p/runs"),
        (Layout("s3://bucket/p").all_models, "s3://bucket/p/models"),
        (Layout("s3://bucket/p").housekeeping_report("r1"), "s3://bucket/p/housekeeping/r1/report.json"),
        (Layout("s3://b").retention_preview("r1"), "s3://b/housekeeping/r1/retention.json"),
        (Layout("s3://b").retention_report("2026-11-21"), "s3://b/housekeeping/retention/2026-11-21.json"),
        (Layout("s3://bucket").code("ab").jobs_zip, "s3://bucket/code/ab/jobs.zip"),
        (Layout("s3://bucket").code("ab").script("spark_jobs/train.py"), "s3://bucket/code/ab/spark_jobs/train.py"),
    ],
)
def test_every_location(uri: str, expected: str) -> None:
    assert uri == expected


@pytest.mark.parametrize("root", ["bucket", "/tmp/x", "s3:///x", "s3a://bucket", "https://bucket/x"])
def test_a_root_that_is_no_s3_location_is_refused(root: str) -> None:
    with pytest.raises(PenstockError) as caught:
        Layout(root)
    assert str(caught.value) == f"{root!r} is not an S3 location; expected s3://bucket/key"


@pytest.mark.parametrize(
    ("uri", "parts"),
    [("s3://b/k/l", ("b", "k/l")), ("s3://b", ("b", "")), ("s3://b/", ("b", "")), ("s3://b/k/", ("b", "k/"))],
)
def test_split_uri(uri: str, parts: tuple[str, str]) -> None:
    assert split_uri(uri) == parts


def test_a_plain_run_id_is_its_own_key() -> None:
    assert run_key("backfill-2026.11_21") == "backfill-2026.11_21"


def test_airflows_run_ids_become_one_safe_segment() -> None:
    assert run_key("manual__2026-11-21T00:19:35+00:00") == "manual__2026-11-21T00-19-35-00-00-93b83295"


def test_run_ids_that_differ_in_unsafe_characters_only_stay_distinct() -> None:
    assert run_key("a:b") != run_key("a+b") != run_key("a-b")
