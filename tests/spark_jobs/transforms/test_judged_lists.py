import numpy as np
import pytest
from pyspark.ml.evaluation import RankingEvaluator, RegressionEvaluator
from pyspark.sql import functions as F

from spark_jobs.transforms.judged_lists import judge_lists
from spark_jobs.transforms.kernel import Items
from spark_jobs.transforms.lists import Catalogue
from spark_jobs.transforms.metrics import RANKING_METRICS, list_samples, rankings, rating_samples, values_of
from spark_jobs.transforms.resample import poisson_weights
from spark_jobs.transforms.topk import top_k

SCHEMA = "user_id int, features array<float>, seen array<int>, wanted array<int>"
IDS = np.arange(60, dtype=np.int32)


def catalogue(items):
    return Catalogue(ids=items.ids, shares=np.full(len(items.ids), 0.5), genres=np.eye(len(items.ids)))


def test_the_means_over_users_are_those_of_mllib_for_the_lists_of_top_k(spark):
    rng = np.random.default_rng(5)
    items = Items(ids=IDS, factors=rng.normal(size=(60, 3)).astype(np.float32))
    rows = []
    for user in range(90):
        mixed = rng.permutation(60).tolist()
        features = rng.normal(size=3).tolist() if user % 9 else None
        rows.append((user, features, mixed[: 1 + user % 59], mixed[59 - user % 13 :]))
    users = spark.createDataFrame(rows, SCHEMA).repartition(3)
    judged = judge_lists(users, items, catalogue(items), k=5, resamples=0)
    found = values_of(list_samples(judged.sums))
    seen = users.select("user_id", F.col("seen").alias("item_ids"))
    top = top_k(users.where("features IS NOT NULL").drop("seen"), items, k=5, seen=seen)
    ranked = rankings(top, users.select("user_id", F.col("wanted").alias("item_ids")))
    for name, metric in RANKING_METRICS.items():
        evaluator = RankingEvaluator(predictionCol="prediction", labelCol="label", metricName=metric, k=5)
        assert found[name] == pytest.approx(evaluator.evaluate(ranked), rel=1e-12)
    assert judged.shown == top.select(F.explode("item_ids")).distinct().count()
    assert found["diversity_at_k"] == pytest.approx(1.0)
    assert 0 < found["ndcg_at_k"] < 1


def test_users_are_resampled(spark):
    items = Items(ids=IDS[:9], factors=np.eye(9, dtype=np.float32))
    hot = np.eye(9, dtype=np.float32).tolist()
    rows = [(1, hot[3], [0], [3]), (2, hot[3], [0], [5]), (3, hot[3], [0], [3])]
    users = spark.createDataFrame(rows, SCHEMA)
    judged = judge_lists(users, items, catalogue(items), k=1, resamples=200)
    keys = [key for (key,) in users.select(F.xxhash64("user_id")).collect()]
    weights = poisson_weights(np.array(keys), 200)
    drawn, hits = weights.sum(axis=0), weights[0] + weights[2]
    precision = list_samples(judged.sums)["precision_at_k"]
    assert precision[0] == pytest.approx(2 / 3)
    assert 0 < (drawn == 0).sum() < 30
    assert np.isnan(precision[1:]).tolist() == (drawn == 0).tolist()
    assert precision[1:][drawn > 0] == pytest.approx(hits[drawn > 0] / drawn[drawn > 0])
    assert judged.shown == 1


def test_ratings_are_judged_as_mllib_does(spark):
    rng = np.random.default_rng(2)
    rows = [(row, row % 7, float(a), float(b)) for row, (a, b) in enumerate(rng.normal(size=(300, 2)))]
    predicted = spark.createDataFrame(rows, "user_id int, item_id int, prediction double, rating double")
    found = values_of(rating_samples(predicted, 3))
    for name in ("rmse", "mae"):
        evaluator = RegressionEvaluator(predictionCol="prediction", labelCol="rating", metricName=name)
        assert found[name] == pytest.approx(evaluator.evaluate(predicted), rel=1e-12)
