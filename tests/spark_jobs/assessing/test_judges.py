"""Every kind of problem but the binary one, on rows whose metrics can be told by hand."""

import math

import pytest

from penstock.assessment import ClassMetrics
from penstock.errors import DataError
from tests.spark_jobs.assessing.cases import contend, judge

ASSEMBLE = [{"stage": "VectorAssembler", "columns": ["x"], "params": {"handleInvalid": "error"}}]
NUMBER = {"columns": {"number": ["x"]}, "stages": ASSEMBLE}
SPECIES = {
    **NUMBER,
    "problem": "multiclass",
    "label": {"column": "kind"},
    "estimator": {"name": "DecisionTreeClassifier"},
}
LINE = {**NUMBER, "problem": "regression", "label": {"column": "y"}, "estimator": {"name": "LinearRegression"}}


def rows(spark, train, test, schema):
    both = [("train", *row) for row in train] + [("test", *row) for row in test]
    return spark.createDataFrame(both, f"part string, {schema}")


def values(metrics):
    return {name: each.value for name, each in metrics.items()}


def test_classes_and_one_that_only_held_out_rows_have(spark):
    """Of 5 rows 3 are right; the model says a, b, c in every case with certainty, and has never heard of d."""
    train = [(float(n // 2), "abc"[n // 2]) for n in range(6)]
    test = [(0.0, "a"), (1.0, "b"), (1.0, "b"), (1.0, "c"), (2.0, "d")]
    found, baselines = judge(rows(spark, train, test, "x double, kind string"), SPECIES, segments=["kind"])
    assert found.confusion.labels == ["a", "b", "c", "d"]
    assert found.confusion.counts == [[1, 0, 0, 0], [0, 2, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert found.classes == [
        ClassMetrics(label="a", rows=1, precision=1.0, recall=1.0, f1=1.0),
        ClassMetrics(label="b", rows=2, precision=pytest.approx(2 / 3), recall=1.0, f1=pytest.approx(0.8)),
        ClassMetrics(label="c", rows=1, precision=0.0, recall=0.0, f1=0.0),
        ClassMetrics(label="d", rows=1, precision=None, recall=0.0, f1=0.0),
    ]
    assert values(found.metrics) == pytest.approx(
        {
            "accuracy": 0.6,
            "weighted_f1": 0.2 * 1 + 0.4 * 0.8,
            "weighted_precision": 0.2 * 1 + 0.4 * 2 / 3,
            "weighted_recall": 0.6,
            "log_loss": -2 * math.log(1e-15) / 5,
        }
    )
    assert {each.value: each.metrics["accuracy"].value for each in found.segments} == {"b": 1, "a": 1, "c": 0, "d": 0}
    trivial = values(baselines["majority_class"])
    assert trivial["accuracy"] == 0.2
    assert trivial["log_loss"] == pytest.approx((4 * math.log(3) - math.log(1e-15)) / 5)


def test_a_champion_that_numbers_the_classes_otherwise(spark):
    """Classes are numbered by their frequency, which another table turns round."""
    one, other = [(0.0, "a"), (0.0, "a"), (1.0, "b")], [(0.0, "a"), (1.0, "b"), (1.0, "b")]
    test = [(0.0, "a"), (1.0, "b"), (1.0, "a")]
    judges, case, challenger = contend(rows(spark, one, test, "x double, kind string"), SPECIES)
    _, _, champion = contend(rows(spark, other, test, "x double, kind string"), SPECIES)
    assert (challenger.classes, champion.classes) == (["a", "b"], ["b", "a"])
    new, old = (judges.judge(case, each, judges.predict(case, each)).judgement for each in (challenger, champion))
    assert (old.confusion, old.metrics) == (new.confusion, new.metrics)
    assert new.confusion.counts == [[1, 1], [0, 1]]


def test_errors_weights_and_the_mean(spark):
    """y = 2x is learnt; held-out errors are 0, 1 and -3, of which the last counts twice."""
    train = [(float(n), 2.0 * n, 1.0 + 2 * (n == 9)) for n in range(10)]
    test = [(1.0, 2.0, 1.0), (2.0, 3.0, 1.0), (3.0, 9.0, 2.0)]
    table = rows(spark, train, test, "x double, y double, w double")
    found, baselines = judge(table, {**LINE, "weight_column": "w"})
    mean = (2 + 3 + 2 * 9) / 4
    spread = (2 - mean) ** 2 + (3 - mean) ** 2 + 2 * (9 - mean) ** 2
    assert values(found.metrics) == pytest.approx({"rmse": (19 / 4) ** 0.5, "mae": 7 / 4, "r2": 1 - 19 / spread})
    assert [each.rows for each in found.calibration] == [1, 1, 1]
    assert [each.predicted for each in found.calibration] == pytest.approx([2, 4, 6])
    assert [each.observed for each in found.calibration] == [2, 3, 9]
    trained = (sum(2 * n for n in range(10)) + 2 * 18) / 12
    assert baselines["mean"]["mae"].value == pytest.approx((trained - 2 + trained - 3 + 2 * abs(trained - 9)) / 4)


def test_a_rating_without_a_prediction_is_not_judged(spark):
    recipe = {
        "problem": "recommendation",
        "label": {"column": "rating"},
        "columns": {"number": ["user", "item"]},
        "estimator": {"name": "ALS", "columns": {"user": "user", "item": "item"}, "params": {"rank": 2, "maxIter": 2}},
    }
    train = [(user, item, 1.0 + (user + item) % 5) for user in range(5) for item in range(5)]
    table = rows(spark, train, [(1, 1, 3.0), (99, 1, 3.0)], "user int, item int, rating double")
    judges, case, contender = contend(table, recipe)
    assert judges.predict(case, contender).count() == 1
    found, baselines = judge(table, recipe)
    assert set(found.metrics) == {"rmse", "mae"}
    assert values(baselines["mean"]) == pytest.approx({"rmse": 0.0, "mae": 0.0})
    recipe["estimator"]["params"] = {"implicitPrefs": True, "maxIter": 2}
    judges, case, contender = contend(table, recipe)
    with pytest.raises(DataError, match="ALS with implicitPrefs predicts preferences"):
        judges.predict(case, contender)


def test_clusters_by_silhouette_and_means(spark):
    """Two pairs at distance 1, 10 apart: by squared distances 1 - 1 / 100.5 inside, and so on."""
    recipe = {**NUMBER, "problem": "clustering", "estimator": {"name": "KMeans", "params": {"k": 2}}}
    points = [(0.0, "l"), (1.0, "l"), (10.0, "r"), (11.0, "r")]
    table = rows(spark, points, points, "x double, side string")
    found, baselines = judge(table, recipe, resamples=20, segments=["side"])
    outer, inner = 1 - 1 / ((100 + 121) / 2), 1 - 1 / ((81 + 100) / 2)
    silhouette = found.metrics["silhouette"]
    assert silhouette.value == pytest.approx((outer + inner) / 2)
    assert silhouette.low <= silhouette.value <= silhouette.high
    assert all(each.metrics["silhouette"].value == pytest.approx((outer + inner) / 2) for each in found.segments)
    assert sorted((each.rows, each.means["x"]) for each in found.clusters) == [(2, 0.5), (2, 10.5)]
    assert baselines == {}


def test_topics_against_one_topic_for_all(spark):
    recipe = {
        "problem": "topics",
        "columns": {"words": ["words"]},
        "stages": [{"stage": "CountVectorizer", "columns": ["words"], "outputs": ["features"]}],
        "estimator": {"name": "LDA", "params": {"k": 2, "maxIter": 10}},
    }
    documents = [([word] * 8,) for word in ("apple", "pear", "tin", "lead") for _ in range(10)]
    found, baselines = judge(rows(spark, documents, documents, "words array<string>"), recipe, resamples=20)
    assert sum(each.share for each in found.topics) == pytest.approx(1.0)
    assert {each.name for topic in found.topics for each in topic.terms} == {"apple", "pear", "tin", "lead"}
    perplexity, unigram = found.metrics["log_perplexity"], baselines["unigram"]["log_perplexity"]
    assert unigram.value == pytest.approx(math.log(4))
    assert perplexity.low < perplexity.value < perplexity.high
    assert perplexity.value < unigram.value


def test_rules_that_apply_and_hold(spark):
    """The only rule is b -> a: it applies to 2 of 4 held-out baskets and holds in one."""
    recipe = {
        "problem": "patterns",
        "columns": {"words": ["items"]},
        "estimator": {
            "name": "FPGrowth",
            "columns": {"items": "items"},
            "params": {"minSupport": 0.3, "minConfidence": 0.9},
        },
    }
    train = [(["a", "b"],), (["a", "b"],), (["a"],), (["a", "c"],)]
    test = [(["b", "c"],), (["b", "a"],), (["a"],), (None,)]
    found, baselines = judge(rows(spark, train, test, "items array<string>"), recipe)
    assert values(found.metrics) == {"confidence": 0.5, "coverage": 0.5, "itemsets": 3.0, "rules": 1.0}
    assert baselines == {}
