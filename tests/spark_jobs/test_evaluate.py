import dataclasses
import json

import pytest

from penstock.documents import Evaluation
from penstock.errors import DataError
from penstock.estimate import Estimate
from penstock.jobs import EvaluateArgs, SplitArgs, TrainArgs
from penstock.tables import MOVIES, RATINGS
from spark_jobs import evaluate, train
from spark_jobs.contest import prepare
from spark_jobs.storage import read_table, write_table
from spark_jobs.transforms.lists import LIST_METRICS
from spark_jobs.transforms.split import with_parts

ROOT = "s3://penstock-test/evaluate"
METRICS = {"rmse", "mae", "coverage", *LIST_METRICS}


@pytest.fixture(scope="module")
def reports(spark, two_tastes):
    """A training report for each objective, on the same split."""

    def fit(objective):
        grid = json.dumps({"rank": [4], "maxIter": [5], "regParam": [0.1]})
        locations = {"model_uri": f"{ROOT}/{objective}", "report_uri": f"{ROOT}/{objective}.json"}
        return train.run(spark, TrainArgs(ratings_uri=two_tastes, objective=objective, grid=grid, **locations))

    return {objective: fit(objective) for objective in ("ranking", "rating")}


def arguments(ratings_uri, **values):
    defaults = {"objective": "ranking", "report_uri": f"{ROOT}/evaluation.json", "k": 5, "resamples": 0}
    return EvaluateArgs(ratings_uri=ratings_uri, **{**defaults, **values})


@pytest.fixture(scope="module")
def both(spark, two_tastes, reports):
    models = {"model_uri": reports["ranking"].model_uri, "champion_model_uri": reports["rating"].model_uri}
    genres = [(item, f"Film {item}", ["Odd" if item % 2 else "Even"]) for item in range(1, 41)]
    movies = spark.createDataFrame(genres, "item_id int, title string, genres array<string>")
    write_table(movies, f"{ROOT}/movies", MOVIES)
    return evaluate.run(spark, arguments(two_tastes, movies_uri=f"{ROOT}/movies", resamples=100, **models))


def test_everyone_is_judged_on_the_rows_that_training_held_out(spark, two_tastes, both, reports, bucket):
    file = bucket / "evaluate/evaluation.json"
    assert Evaluation.from_json(file.read_text(), str(file)) == both
    assert both.held_out.rows == reports["ranking"].test_rows == reports["rating"].test_rows
    assert both.split == reports["ranking"].split
    assert both.held_out.cold_start_rows == both.held_out.cold_start_users == 0
    held_out = with_parts(read_table(spark, two_tastes, RATINGS), SplitArgs()).where("part = 'test'")
    assert both.held_out.users == held_out.select("user_id").distinct().count()
    assert set(both.challenger) == set(both.champion) == METRICS
    assert set(both.baselines["global_mean"]) == {"rmse", "mae"}
    assert set(both.baselines["popularity"]) == METRICS - {"rmse", "mae"}


def test_each_objective_is_good_at_its_own(both):
    assert both.challenger["ndcg_at_k"] > both.baselines["popularity"]["ndcg_at_k"]
    assert both.challenger["rmse"] > both.baselines["global_mean"]["rmse"] > both.champion["rmse"]
    assert both.fit_for == ["ranking"]
    assert evaluate.fit_for(both.champion, both.baselines)[-1:] == ["rating"]


def test_intervals_and_gains(both):
    assert set(both.intervals) == set(both.gains) == METRICS - {"coverage"}
    assert (both.resamples, both.confidence) == (100, 0.95)
    for name, estimate in both.intervals.items():
        gain = both.gains[name]
        assert estimate.value == both.challenger[name]
        assert gain.value == both.challenger[name] - both.champion[name]
        assert estimate.low < estimate.value < estimate.high
        assert gain.low < gain.value < gain.high
    # Users choose items of their kind, so that the model's lists are of one genre.
    assert both.challenger["diversity_at_k"] < 0.1 < both.baselines["popularity"]["diversity_at_k"]
    # That the ranking model is worse at ratings is sure; 60 users do not tell who is better at ranking.
    assert both.gains["rmse"].low > 1
    assert both.gains["ndcg_at_k"].low < 0 < both.gains["ndcg_at_k"].high


def test_without_a_champion_movies_and_resamples(spark, two_tastes, reports, both):
    alone = evaluate.run(spark, arguments(two_tastes, model_uri=reports["ranking"].model_uri))
    assert (alone.champion, alone.intervals, alone.gains) == (None, {}, {})
    assert alone.challenger == {**both.challenger, "diversity_at_k": None}
    popularity = {**both.baselines["popularity"], "diversity_at_k": None}
    assert alone.baselines == {**both.baselines, "popularity": popularity}
    assert alone.held_out == both.held_out


def test_a_champion_that_cannot_be_read_is_called_so_and_leaves_no_evaluation(spark, two_tastes, reports, bucket):
    file, uri = bucket / "evaluate/retried.json", f"{ROOT}/gone"
    args = arguments(two_tastes, model_uri=reports["ranking"].model_uri, report_uri=f"{ROOT}/retried.json")
    evaluate.run(spark, args)
    assert file.exists()
    with pytest.raises(DataError) as failure:
        evaluate.run(spark, dataclasses.replace(args, champion_model_uri=uri))
    assert str(failure.value).startswith(f"the champion {uri}: no ALS model can be read there (")
    assert str(failure.value).endswith(
        "). In the model registry, move the alias `champion` of this model to a version that can be read, or remove "
        "the alias to go without a champion; then start a new run."
    )
    assert not file.exists()


def test_a_challenger_that_cannot_be_read(spark, two_tastes):
    with pytest.raises(DataError, match=f"^{ROOT}/gone: no ALS model can be read there"):
        evaluate.run(spark, arguments(two_tastes, model_uri=f"{ROOT}/gone"))


def test_a_challenger_that_is_the_champion_is_judged_once(spark, two_tastes, reports, both):
    uri = reports["ranking"].model_uri
    same = evaluate.run(spark, arguments(two_tastes, model_uri=uri, champion_model_uri=uri, resamples=5))
    assert same.champion == same.challenger == {**both.challenger, "diversity_at_k": None}
    assert same.gains == {
        name: Estimate(value=None) if name == "diversity_at_k" else Estimate(value=0.0, low=0.0, high=0.0)
        for name in METRICS - {"coverage"}
    }


def test_no_held_out_row(spark, two_tastes, reports):
    uri = f"{ROOT}/early"
    spark.read.parquet(two_tastes).where("rated_at % 10 < 8").write.mode("overwrite").parquet(uri)
    with pytest.raises(DataError) as failure:
        evaluate.run(spark, arguments(uri, model_uri=reports["rating"].model_uri, split_method="timestamp_mod"))
    assert str(failure.value) == (
        "s3://penstock-test/evaluate/early: the split (timestamp_mod: timestamp % 10 in 6, 7 validates, in 8, 9 tests) "
        "leaves no row held out. Use another split or more data."
    )


def test_no_relevant_row(spark, two_tastes, reports):
    with pytest.raises(
        DataError, match=r"a rating of at least 9\. Lower the relevance threshold or use another split\."
    ):
        evaluate.run(spark, arguments(two_tastes, model_uri=reports["rating"].model_uri, relevance_threshold=9.0))


def test_cold_rows_are_counted_and_seen_items_never_counted_as_hits(spark):
    rows = [(1, 1, 4.0, "train"), (1, 2, 2.0, "validation"), (2, 1, 3.0, "train"), (2, 3, 5.0, "train")]
    rows += [(1, 3, 5.0, "test"), (1, 9, 5.0, "test"), (8, 1, 5.0, "test"), (2, 2, 1.0, "test")]
    parts = spark.createDataFrame(rows, "user_id int, item_id int, rating double, part string")
    contest = prepare(parts, k=2, relevance_threshold=0.0, mean=3.5)
    assert sorted(contest.warm.collect()) == [(1, 3, 5.0), (2, 2, 1.0)]
    assert sorted(contest.users.collect()) == [(1, [1, 2], [3, 9]), (2, [1, 3], [2])]
    assert contest.catalogue.shares.tolist() == [1.0, 0.5, 0.5]
    assert contest.cold_users == 1
    assert contest.popularity.ids.tolist() == [1, 2, 3]
    assert contest.popularity.factors.tolist() == [[2.0], [1.0], [1.0]]
    assert contest.judge_global_mean().metrics == {"rmse": pytest.approx((4.25) ** 0.5), "mae": 2.0}
    # Each user has exactly one item left, and it is a hit: user 1 has 2 relevant items, user 2 has 1.
    popular = contest.judge_popularity().metrics
    assert (popular["precision_at_k"], popular["recall_at_k"]) == (0.5, 0.75)
    assert popular["coverage"] == pytest.approx(2 / 3)
    assert (popular["mrr_at_k"], popular["novelty_at_k"]) == (1.0, 1.0)
    assert popular["popularity_bias_at_k"] == pytest.approx((0.5 - 0.75) / 0.75)
