import dataclasses
import json
import tempfile

import pytest
from pyspark.ml.recommendation import ALSModel

from penstock.documents import TrainingReport
from penstock.errors import ArgumentError, DataError
from penstock.jobs import TrainArgs
from spark_jobs import selection, train

ROOT = "s3://penstock-test/train"
POINT = {"rank": [4], "maxIter": [3], "regParam": [0.1]}


def arguments(ratings_uri, name, grid, **values):
    locations = {"model_uri": f"{ROOT}/{name}/model", "report_uri": f"{ROOT}/{name}/training.json"}
    return TrainArgs(ratings_uri=ratings_uri, grid=json.dumps(grid), **locations, **values)


def factors(uri):
    model = ALSModel.load(uri)
    return [model.userFactors.orderBy("id").collect(), model.itemFactors.orderBy("id").collect()]


def test_a_grid_of_one_point_is_fitted_once(spark, two_tastes, bucket, monkeypatch):
    monkeypatch.delattr(selection, "_ndcg")
    monkeypatch.delattr(selection, "_rmse")
    report = train.run(spark, arguments(two_tastes, "one", POINT, code_sha="abc"))
    file = bucket / "train/one/training.json"
    assert TrainingReport.from_json(file.read_text(), str(file)) == report
    rows = spark.read.parquet(two_tastes).count()
    assert report.train_rows + report.validation_rows + report.test_rows == rows
    assert (report.users, report.items, report.seed, report.code_sha) == (60, 40, 42, "abc")
    assert [(each.params, each.metric) for each in report.candidates] == [(report.best, None)]
    assert report.best == {"rank": 4, "maxIter": 3, "regParam": 0.1}
    assert report.metric == "ndcg_at_k"
    assert report.seconds > 0


def test_one_seed_one_model(spark, two_tastes):
    grid = {**POINT, "maxIter": [2]}
    first = train.run(spark, arguments(two_tastes, "first", grid))
    again = train.run(spark, arguments(two_tastes, "again", grid))
    other = train.run(spark, arguments(two_tastes, "other", grid, seed=7))
    assert factors(first.model_uri) == factors(again.model_uri)
    assert factors(first.model_uri) != factors(other.model_uri)
    assert first.fingerprint == again.fingerprint == other.fingerprint


def test_many_iterations_do_not_overflow_the_stack(spark, two_tastes, tmp_path, monkeypatch):
    """Without checkpoints the lineage grows by every iteration, and is deserialised recursively."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = train.run(spark, arguments(two_tastes, "long", {**POINT, "rank": [2], "maxIter": [40]}))
    assert ALSModel.load(report.model_uri).rank == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("objective", "metric"), [("rating", "rmse"), ("ranking", "ndcg_at_k")])
def test_the_best_point_on_the_validation_rows_wins(spark, two_tastes, capsys, objective, metric):
    # A regularisation of 1000 leaves factors near zero: nothing is learnt.
    grid = {"rank": [4], "maxIter": [4], "regParam": [1000.0, 0.1]}
    report = train.run(spark, arguments(two_tastes, objective, grid, objective=objective))
    assert [each.params["regParam"] for each in report.candidates] == [1000.0, 0.1]
    assert report.best["regParam"] == 0.1
    assert report.metric == metric
    bad, good = (each.metric for each in report.candidates)
    assert bad > 1.5 * good if objective == "rating" else good > 1.5 * bad
    said = capsys.readouterr().out
    assert f"candidate {{'rank': 4, 'maxIter': 4, 'regParam': 0.1}}: {metric} {good:.4f} on the validation rows" in said


def test_a_failed_retry_leaves_no_report_of_the_try_before(spark, two_tastes, bucket):
    args = arguments(two_tastes, "retried", {**POINT, "maxIter": [1]})
    train.run(spark, args)
    file = bucket / "train/retried/training.json"
    assert file.exists()
    with pytest.raises(DataError):
        train.run(spark, dataclasses.replace(args, ratings_uri=f"{ROOT}/none"))
    assert not file.exists()


def test_a_wrong_grid_fails_before_anything_is_read(spark):
    with pytest.raises(ArgumentError, match="did you mean 'rank'"):
        train.run(spark, arguments("s3://penstock-test/none", "x", {"ranks": [1]}))


def test_a_split_without_test_rows_is_refused(spark):
    uri = f"{ROOT}/few"
    spark.createDataFrame(
        [(1, 1, 3.0, 0), (1, 2, 3.0, 6)], "user_id int, item_id int, rating float, rated_at long"
    ).write.mode("overwrite").parquet(uri)
    with pytest.raises(DataError) as failure:
        train.run(spark, arguments(uri, "x", POINT, split_method="timestamp_mod"))
    assert str(failure.value) == (
        "s3://penstock-test/train/few: the split (timestamp_mod: timestamp % 10 in 6, 7 validates, in 8, 9 tests) of "
        "2 rows leaves none for test. Use another split or more data."
    )
