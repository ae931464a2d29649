"""The engine implicit: MLlib's objective to the last term, MLlib's model, and what it refuses."""

import builtins
import json

import numpy as np
import pytest
from pyspark.ml.recommendation import ALS, ALSModel

from penstock.errors import ArgumentError, DataError, DeploymentError
from penstock.jobs import Engine, EvaluateArgs, TrainArgs
from penstock.tables import RATINGS
from spark_jobs import evaluate, train
from spark_jobs.als import feedback
from spark_jobs.engines import weighted_als
from spark_jobs.engines.choices import collect
from spark_jobs.engines.implicit_als import ImplicitALS
from spark_jobs.engines.weighted_als import Setting, factorise, solve
from spark_jobs.storage import read_table

ROOT = "s3://penstock-test/implicit"
POINT = {"rank": [4], "maxIter": [6], "regParam": [0.1], "alpha": [2.0]}


def arguments(ratings_uri, name, grid=POINT, **values):
    locations = {"model_uri": f"{ROOT}/{name}/model", "report_uri": f"{ROOT}/{name}/training.json"}
    values = {"engine": "implicit", **values}
    return TrainArgs(ratings_uri=ratings_uri, grid=json.dumps(grid), **locations, **values)


def table(factors):
    rows = sorted(factors.collect())
    return np.array([row["features"] for row in rows], dtype=np.float32)


@pytest.fixture(scope="module")
def ratings(spark, two_tastes):
    return feedback(read_table(spark, two_tastes, RATINGS), train.Objective.RANKING).cache()


@pytest.fixture(scope="module")
def choices(ratings):
    return collect(ratings, rows=ratings.count())


def test_the_slices_do_not_matter(ratings, choices):
    rows = ratings.count()
    sliced = collect(ratings, rows=rows + 5, slice_rows=100)
    assert (sliced.matrix != choices.matrix).nnz == 0
    assert choices.matrix.nnz == rows
    assert (choices.users == np.arange(1, 61)).all()
    assert (choices.items == np.arange(1, 41)).all()
    first = {row["item_id"] for row in ratings.where("user_id = 1").collect()}
    assert {int(choices.items[each]) for each in choices.matrix[0].indices} == first


def test_a_pair_that_is_there_twice_is_one_choice(spark):
    twice = spark.createDataFrame([(1, 7), (1, 7), (2, 8)], "user_id int, item_id int")
    assert collect(twice, rows=3).matrix.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(("alpha", "reg_param"), [(1.0, 0.1), (3.0, 0.01), (0.5, 1.0)])
def test_mllibs_own_factors_solve_the_equations(ratings, choices, alpha, reg_param, monkeypatch):
    """MLlib's last step finds users from items; from the same items, the same users, by either solver."""
    monkeypatch.setattr(weighted_als, "CG_STEPS", 30)
    als = ALS(userCol="user_id", itemCol="item_id", implicitPrefs=True, rank=4, maxIter=1, seed=1)
    model = als.setParams(alpha=alpha, regParam=reg_param, numUserBlocks=1, numItemBlocks=1).fit(ratings)
    wanted, items = table(model.userFactors), table(model.itemFactors)
    setting = Setting(rank=4, reg_param=reg_param, alpha=alpha, max_iter=1, seed=1, threads=1)
    assert np.abs(wanted).max() > 0.1
    for exact in (True, False):
        found = np.full_like(wanted, 0.1)
        solve(weighted_als.equations(choices.matrix, setting), found, items, threads=1, exact=exact)
        assert found == pytest.approx(wanted, abs=2e-5)


def test_one_seed_one_model_whatever_the_threads(choices):
    def factors(**values):
        fixed = {"rank": 4, "reg_param": 0.1, "alpha": 1.0, "max_iter": 3, "seed": 1, "threads": 1}
        return [each.tobytes() for each in factorise(choices.matrix, Setting(**{**fixed, **values}))]

    assert factors() == factors(threads=2)
    assert factors() != factors(seed=2)


def test_the_same_documents_and_a_model_of_mllib_that_ranks_as_well(spark, two_tastes):
    found = {}
    for engine in Engine:
        report = train.run(spark, arguments(two_tastes, engine.value, engine=engine.value))
        model = ALSModel.load(report.model_uri)
        assert (model.rank, model.userFactors.schema.simpleString()) == (4, "struct<id:int,features:array<float>>")
        args = EvaluateArgs(
            ratings_uri=two_tastes,
            model_uri=report.model_uri,
            report_uri=f"{ROOT}/{engine.value}/evaluation.json",
            objective="ranking",
        )
        found[engine] = report, evaluate.run(spark, args)
    (mllib, judged), (implicit, rejudged) = found[Engine.MLLIB], found[Engine.IMPLICIT]
    assert implicit.algorithm == "ALS by implicit on implicit feedback, every rating counted as 1"
    assert (implicit.users, implicit.items, implicit.fingerprint) == (mllib.users, mllib.items, mllib.fingerprint)
    assert implicit.best == mllib.best
    interval = judged.intervals["ndcg_at_k"]
    assert interval.low < rejudged.challenger["ndcg_at_k"] < interval.high
    assert rejudged.challenger["ndcg_at_k"] > 1.5 * rejudged.baselines["popularity"]["ndcg_at_k"]


def test_the_best_point_of_a_grid_wins_on_ratings_collected_once(spark, two_tastes, monkeypatch):
    collected = []
    whole = ImplicitALS._collect
    monkeypatch.setattr(ImplicitALS, "_collect", lambda self, rows: collected.append(1) or whole(self, rows))
    report = train.run(spark, arguments(two_tastes, "grid", {**POINT, "regParam": [1000.0, 0.1]}))
    assert [each.params["regParam"] for each in report.candidates] == [1000.0, 0.1]
    assert report.best["regParam"] == 0.1
    assert len(collected) == 2


def test_too_little_memory_is_one_sentence_before_anything_is_collected(spark, two_tastes, monkeypatch):
    monkeypatch.delattr(ImplicitALS, "_collect")
    with pytest.raises(DataError, match=r"^engine 'implicit' needs about 0.0 GB on the driver for \d+ ratings"):
        train.run(spark, arguments(two_tastes, "large", engine_memory_gb=1e-6))


def test_ratings_are_refused_before_anything_is_read(spark):
    with pytest.raises(ArgumentError) as failure:
        train.run(spark, arguments("s3://penstock-test/none", "rating", objective="rating"))
    assert str(failure.value) == (
        "spark_jobs/train.py: --engine=implicit ranks and predicts no ratings; use --engine=mllib, or "
        "--objective=ranking"
    )


def test_a_driver_without_the_library_is_told_what_to_do(monkeypatch):
    real = builtins.__import__

    def without(name, *given):
        if name == "spark_jobs.engines":
            raise ImportError("No module named 'implicit'")
        return real(name, *given)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DeploymentError, match=r"cannot be imported \(No module named 'implicit'\): install it there"):
        ImplicitALS(rows=1, seed=1, threads=1)
