import json

import numpy as np
import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import functions as F

from penstock.assessment import Assessment
from penstock.errors import ArgumentError, DataError
from penstock.estimate import Estimate
from penstock.jobs import AssessArgs
from spark_jobs import assess
from spark_jobs.assessing.resampling import weights
from spark_jobs.assessing.rows import hold_out
from spark_jobs.assessing.sums import DRAW
from spark_jobs.transforms.holdout import with_part
from tests.spark_jobs.recipes import INCOME, PEOPLE, ROOT, fitted, people, with_estimator, write

NAME = "judged"
MODEL = f"{ROOT}/{NAME}/model"
STUMP = f"{ROOT}/{NAME}/stump"
BY_AGE = {**with_estimator(INCOME, "DecisionTreeClassifier", params={"maxDepth": 1})}


@pytest.fixture(scope="module")
def table(spark):
    """Two held-out rows in ten are not what they should be."""
    rows = people()
    odd = [(*row[:5], "poor" if row[5] == "rich" else "rich", *row[6:]) if row[7] % 25 == 5 else row for row in rows]
    uri = write(spark, odd, name=NAME)
    fitted(spark, uri, INCOME)
    fitted(spark, uri, BY_AGE, model_uri=STUMP, report_uri=f"{ROOT}/{NAME}/stump.json")
    return uri


def arguments(table, recipe=INCOME, **values):
    locations = {"model_uri": MODEL, "report_uri": f"{ROOT}/{NAME}/assessment.json"}
    return AssessArgs(table_uri=table, recipe=json.dumps(recipe), **{**locations, "resamples": 50, **values})


@pytest.fixture(scope="module")
def both(spark, table):
    return assess.run(spark, arguments(table, champion_model_uri=STUMP, segments='["country"]', code_sha="abc"))


def test_all_are_judged_on_the_rows_that_fitting_held_out(both, bucket):
    file = bucket / f"fit/{NAME}/assessment.json"
    assert Assessment.from_json(file.read_text(), str(file)) == both
    assert (both.rows, both.judged_rows, both.holdout) == (24, 24, "column: part")
    assert (both.problem, both.estimator, both.code_sha) == ("binary", "DecisionTreeClassifier", "abc")
    assert (both.champion_model_uri, both.champion_problem) == (STUMP, "")


def test_the_values_are_what_the_model_does(spark, table, both):
    """By hand, from the saved pipeline's own predictions."""
    rows = spark.read.parquet(table).where("part = 'test'")
    predicted = PipelineModel.load(MODEL).transform(rows).select("income", "predicted_label").collect()
    right = sum(row[0] == row[1] for row in predicted)
    assert right < 24
    assert both.challenger.metrics["accuracy"].value == pytest.approx(right / 24)
    matrix = [
        [sum((row[0], row[1]) == (t, p) for row in predicted) for p in ("poor", "rich")] for t in ("poor", "rich")
    ]
    assert (both.challenger.confusion.labels, both.challenger.confusion.counts) == (["poor", "rich"], matrix)
    assert both.challenger.metrics["recall"].value == pytest.approx(matrix[1][1] / sum(matrix[1]))
    assert both.challenger.threshold == 0.5
    assert sum(each.rows for each in both.challenger.calibration) == 24
    assert (both.challenger.roc.x[0], both.challenger.roc.y[-1]) == (0.0, 1.0)
    assert "cost" not in both.challenger.metrics


def test_the_interval_is_the_bootstraps(spark, table, both):
    """The same resamples, drawn and measured with NumPy from the rows."""
    args = arguments(table)
    held_out = hold_out(with_part(spark.read.parquet(table), args), [], "").table
    rows = PipelineModel.load(MODEL).transform(held_out).select(DRAW, (F.col("income") == F.col("predicted_label")))
    found = rows.collect()
    drawn = weights(np.array([row[0] for row in found], dtype=np.int64), 50)[:, 1:]
    hits = np.array([float(row[1]) for row in found])
    low, high = np.quantile(hits @ drawn / drawn.sum(axis=0), [0.025, 0.975])
    accuracy = both.challenger.metrics["accuracy"]
    assert (accuracy.low, accuracy.high) == (pytest.approx(low), pytest.approx(high))
    assert low < accuracy.value < high


def test_gains_are_challenger_minus_champion(both):
    for name, gain in both.gains.items():
        new, old = both.challenger.metrics[name].value, both.champion.metrics[name].value
        assert gain.value == pytest.approx(new - old)
    assert both.gains["accuracy"].value > 0
    assert both.gains.keys() == both.challenger.metrics.keys()


def test_segments_add_up(both):
    rows = {each.value: each.rows for each in both.challenger.segments}
    assert (rows, sum(rows.values())) == ({"AA": 8, "BB": 8, "CC": 8}, 24)
    right = sum(each.rows * each.metrics["accuracy"].value for each in both.challenger.segments)
    assert right / 24 == pytest.approx(both.challenger.metrics["accuracy"].value)
    assert [each.value for each in both.champion.segments] == ["AA", "BB", "CC"]


def test_the_baseline_answers_alike_for_all(both):
    (trivial,) = both.baselines.values()
    assert set(both.baselines) == {"majority_class"}
    positives = sum(both.challenger.confusion.counts[1])
    assert trivial["roc_auc"] == Estimate(value=0.5, low=0.5, high=0.5)
    assert trivial["pr_auc"].value == trivial["accuracy"].value == pytest.approx(positives / 24)


def test_another_layout_and_another_champion_change_nothing(spark, table, both):
    shuffled = f"{ROOT}/{NAME}/shuffled"
    spark.read.parquet(table).orderBy("bio").repartition(3).write.mode("overwrite").parquet(shuffled)
    other = assess.run(spark, arguments(shuffled, segments='["country"]'))
    assert other.fingerprint == both.fingerprint
    assert (other.champion, other.gains) == (None, {})
    assert other.challenger.confusion == both.challenger.confusion
    for name, each in other.challenger.metrics.items():
        old = both.challenger.metrics[name]
        assert (each.value, each.low, each.high) == pytest.approx((old.value, old.low, old.high))


def test_costs_and_no_intervals(spark, table):
    costly = {**INCOME, "costs": {"false_positive": 1, "false_negative": 4}}
    found = assess.run(spark, arguments(table, costly, resamples=0))
    (_, wrong_yes), (wrong_no, _) = found.challenger.confusion.counts
    assert found.challenger.metrics["cost"] == Estimate(value=pytest.approx((wrong_yes + 4 * wrong_no) / 24))
    poor = sum(found.challenger.confusion.counts[0])
    assert found.baselines["cheapest_answer"]["cost"].value == pytest.approx(poor / 24)
    assert all(each.cost is not None for each in found.challenger.sweep)


def test_a_champion_that_needs_a_column_that_is_gone(spark, table):
    newer = f"{ROOT}/{NAME}/newer"
    spark.read.parquet(table).withColumnRenamed("country", "nation").write.mode("overwrite").parquet(newer)
    recipe = {
        **INCOME,
        "columns": {"number": ["age"]},
        "stages": [{"stage": "VectorAssembler", "columns": ["age"], "params": {"handleInvalid": "error"}}],
    }
    report = fitted(spark, newer, recipe, model_uri=f"{newer}-model", report_uri=f"{newer}.json")
    found = assess.run(spark, arguments(newer, recipe, model_uri=report.model_uri, champion_model_uri=MODEL))
    assert (found.champion, found.gains) == (None, {})
    assert found.champion_problem.startswith(f"the champion {MODEL} cannot be applied to this table: ")
    assert "country" in found.champion_problem
    with pytest.raises(DataError) as failure:
        assess.run(spark, arguments(newer, recipe))
    assert str(failure.value).startswith(f"{newer}: {MODEL} cannot be applied to this table: ")


def test_a_champion_of_another_question(spark, table):
    other = {**INCOME, "label": {"column": "income", "positive": "poor"}}
    uri = f"{ROOT}/{NAME}/inverse"
    fitted(spark, table, other, model_uri=uri, report_uri=f"{uri}.json")
    found = assess.run(spark, arguments(table, champion_model_uri=uri, resamples=0))
    assert found.champion_problem == (
        f"the champion {uri} answers another question: its classes are 'rich', 'poor', the challenger's 'poor', 'rich'"
    )


def test_rows_that_the_model_skips_are_counted(spark, table):
    skipping = [INCOME["stages"][0], {**INCOME["stages"][1], "params": {"handleInvalid": "skip"}}]
    uri = f"{ROOT}/{NAME}/skipping"
    recipe = {**INCOME, "stages": skipping}
    fitted(spark, table, recipe, model_uri=uri, report_uri=f"{uri}.json")
    gaps = [*people(), ("test", None, "AA", "", 1.0, "rich", 0.0, 999)]
    newer = write(spark, gaps, PEOPLE, name="judged_gaps")
    found = assess.run(spark, arguments(newer, recipe, model_uri=uri, resamples=0))
    assert (found.rows, found.judged_rows) == (25, 24)
    with pytest.raises(DataError, match="handleInvalid"):
        assess.run(spark, arguments(newer, resamples=0))
    keeping = {**INCOME, "stages": [INCOME["stages"][0], {**INCOME["stages"][1], "params": {"handleInvalid": "keep"}}]}
    kept = f"{ROOT}/{NAME}/keeping"
    fitted(spark, table, keeping, model_uri=kept, report_uri=f"{kept}.json")
    alike = assess.run(spark, arguments(newer, recipe, model_uri=uri, champion_model_uri=kept, resamples=0))
    assert alike.judged_rows == sum(map(sum, alike.champion.confusion.counts)) == 24
    assert alike.challenger == found.challenger


def test_a_label_that_the_model_does_not_know(spark, table):
    uri = write(spark, [*people(), ("test", 30, "AA", "", 1.0, "odd", 0.0, 999)], PEOPLE, name="judged_odd")
    with pytest.raises(DataError) as failure:
        assess.run(spark, arguments(uri))
    assert str(failure.value) == (
        f"{uri}: 1 held-out rows have the label 'odd' in column 'income'; the model knows 'poor', 'rich'. "
        "Correct the table, or fit again as multiclass."
    )


def test_a_champion_that_cannot_be_read_leaves_no_assessment(spark, table, bucket):
    uri, file = f"{ROOT}/gone", bucket / f"fit/{NAME}/assessment.json"
    with pytest.raises(DataError) as failure:
        assess.run(spark, arguments(table, champion_model_uri=uri))
    assert str(failure.value).startswith(f"{table}: the champion {uri}: no fitted pipeline can be read there (")
    assert not file.exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"segments": "sex"}, "--segments=sex: not JSON (Expecting value: line 1 column 1 (char 0))"),
        ({"segments": '{"a": 1}'}, '--segments={"a": 1}: expected a JSON list of columns'),
    ],
)
def test_wrong_segments(spark, table, values, message):
    with pytest.raises(ArgumentError) as failure:
        assess.run(spark, arguments(table, **values))
    assert str(failure.value) == f"spark_jobs/assess.py: {message}"


def test_a_segment_that_is_no_column(spark, table):
    with pytest.raises(DataError) as failure:
        assess.run(spark, arguments(table, segments='["contry"]'))
    assert str(failure.value) == (
        f"{table}: missing column 'contry', by which segments are told apart; did you mean 'country'?"
    )
