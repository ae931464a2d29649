import json

import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import functions as F

from penstock.errors import ArgumentError, DataError
from penstock.fitting import FitReport
from penstock.jobs import FitArgs
from spark_jobs import fit
from tests.spark_jobs.recipes import INCOME, PEOPLE, ROOT, fitted, people, with_estimator, write


@pytest.fixture(scope="module")
def table(spark):
    return write(spark, people())


def test_a_tree_is_fitted_saved_and_described(spark, table, bucket):
    report = fitted(spark, table, INCOME, tree_uri=f"{ROOT}/people/tree.txt", code_sha="abc")
    file = bucket / "fit/people/report.json"
    assert FitReport.from_json(file.read_text(), str(file)) == report
    assert (report.train_rows, report.fitted_rows, report.test_rows) == (96, 96, 24)
    assert report.classes == {"poor": 33, "rich": 63}
    assert (report.features, report.feature_names) == (2, ["age", "country_index"])
    assert {each.name for each in report.weights} == {"age", "country_index"}
    assert (report.weights_are, report.holdout, report.code_sha) == ("importances", "column: part", "abc")
    assert (report.estimator, report.params, report.best, report.iterations) == (
        "DecisionTreeClassifier",
        {"maxDepth": 3},
        {},
        None,
    )
    assert report.validation == "none: a single candidate"
    assert report.model_bytes > 0
    tree = (bucket / "fit/people/tree.txt").read_text()
    assert "If (age <= " in tree
    assert "If (country_index in {AA})" in tree or "If (country_index in {BB, CC})" in tree


def test_the_saved_pipeline_predicts_from_rows_as_they_are_in_the_table(spark, table):
    report = fitted(spark, table, INCOME)
    model = PipelineModel.load(report.model_uri)
    rows = spark.read.parquet(table).where("part = 'test'")
    predicted = model.transform(rows)
    assert predicted.where(F.col("predicted_label") != F.col("income")).count() == 0
    unlabelled = model.transform(rows.drop("income")).select("joined", "predicted_label")
    assert unlabelled.join(rows, "joined").where(F.col("predicted_label") != F.col("income")).count() == 0


def test_held_out_rows_are_never_seen(spark):
    """Not by the estimator, not by the indexers, not by the label's classes."""
    rows = [row for row in people() if row[0] == "train"]
    first = write(spark, [*rows, ("test", 20, "AA", "", 1.0, "rich", 0.0, 1)], name="one_test_row")
    other = write(spark, [*rows, *[("test", 99, "ZZ", "", 9.0, "odd", 1e9, n) for n in range(500)]], name="many")
    reports = [fitted(spark, uri, INCOME) for uri in (first, other)]
    models = [PipelineModel.load(each.model_uri).stages for each in reports]
    assert models[0][1].labelsArray == models[1][1].labelsArray
    assert models[0][3].toDebugString.partition("\n")[2] == models[1][3].toDebugString.partition("\n")[2]
    assert reports[0].classes == reports[1].classes
    assert reports[0].fingerprint != reports[1].fingerprint


def test_equal_rows_in_another_layout_give_the_same_candidates(spark, table):
    recipe = {
        **with_estimator(INCOME, "DecisionTreeClassifier"),
        "search": {"method": "grid", "values": {"maxDepth": [0, 3]}},
        "metric": "accuracy",
        "parallelism": 2,
    }
    shuffled = f"{ROOT}/shuffled/table"
    spark.read.parquet(table).orderBy("bio").repartition(5).write.mode("overwrite").parquet(shuffled)
    reports = [fitted(spark, uri, recipe, holdout="random") for uri in (table, shuffled)]
    assert reports[0].candidates == reports[1].candidates
    assert reports[0].fingerprint == reports[1].fingerprint
    assert reports[0].best == {"maxDepth": 3}
    assert reports[0].validation == "cross_validation: 3 folds"
    assert [len(each.folds) for each in reports[0].candidates] == [3, 3]


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (
            {**INCOME, "columns": {"number": ["agee"], "category": ["country"]}, "stages": []},
            "recipe.estimator.features: no column 'features'; no stage makes a column of kind vector",
        ),
        (
            with_estimator(INCOME, "DecisionTreeClassifier", params={"maxDpeth": 3}),
            "recipe.estimator.params.maxDpeth: unknown; did you mean 'maxDepth'?",
        ),
    ],
)
def test_a_wrong_recipe_fails_before_anything_is_read(spark, recipe, message):
    with pytest.raises(ArgumentError) as failure:
        fitted(spark, "s3://penstock-test/none/table", recipe)
    assert str(failure.value) == f"spark_jobs/fit.py --recipe: {message}"


def test_a_failed_retry_leaves_no_report_of_the_try_before(spark, bucket):
    table = write(spark, people(), name="retried")
    report = fitted(spark, table, INCOME)
    file = bucket / "fit/retried/report.json"
    assert file.exists()
    args = FitArgs(
        table_uri=f"{ROOT}/none",
        recipe=json.dumps(INCOME),
        model_uri=report.model_uri,
        report_uri=f"{ROOT}/retried/report.json",
    )
    with pytest.raises(DataError):
        fit.run(spark, args)
    assert not file.exists()


def test_a_holdout_without_test_rows_is_refused(spark):
    uri = write(spark, [("train", *row[1:]) for row in people(10)], PEOPLE, name="no_test")
    with pytest.raises(DataError) as failure:
        fitted(spark, uri, INCOME)
    assert str(failure.value) == f"{uri}: no row of part 'test' (column: part). Hold out another share or more rows."


def test_the_report_says_what_was_skipped(spark):
    rows = [*people(), *[("train", None, "AA", "", 1.0, "rich", 0.0, 1000 + n) for n in range(7)]]
    skipping = [INCOME["stages"][0], {**INCOME["stages"][1], "params": {"handleInvalid": "skip"}}]
    report = fitted(spark, write(spark, rows, name="skipped"), {**INCOME, "stages": skipping})
    assert (report.train_rows, report.fitted_rows) == (103, 96)
