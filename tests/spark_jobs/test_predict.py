import gzip
import json
import os

import pytest

from penstock.errors import DataError
from penstock.prediction import PredictionReport
from spark_jobs import predict
from tests.spark_jobs.predicting.conftest import case
from tests.spark_jobs.predicting.zoo import LOADED, interface, plain

__all__ = ["case"]
DOUBLING, BATCHING = interface("Doubling"), interface("Batching")


def values(*numbers):
    return "".join(f'{{"value": {number}}}\n' for number in numbers)


def test_every_record_is_predicted_or_quarantined_with_its_file_and_line(case):
    case.put("a.json", values(1, 2) + "\n" + '{"other": 3}\n' + "{broken\n" + values(4).rstrip("\n"))
    case.put("deep/b [1]{x}%.json.gz", gzip.compress((values(*range(100)) + '{"value": null}\n').encode()))
    report = predict.run(case.spark, case.args(BATCHING))
    assert PredictionReport.from_json((case.folder / "report.json").read_text(), "report.json") == report
    assert (report.files, report.records, report.predicted, report.quarantined) == (2, 106, 103, 3)
    assert report.by_error == {"JSONDecodeError": 1, "KeyError": 1, "TypeError": 1}
    assert [each[:4] for each in case.quarantined()] == [
        ("a.json", 4, "KeyError", "'value'"),
        ("a.json", 5, "JSONDecodeError", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("deep/b [1]{x}%.json.gz", 101, "TypeError", "unsupported operand type(s) for *: 'NoneType' and 'int'"),
    ]
    assert [each[4] for each in case.quarantined()] == ['{"other": 3}', "{broken", '{"value": null}']
    found = [json.loads(line) for line in case.lines()]
    assert sorted(each["prediction"]["doubled"] for each in found if each["prediction"]) == sorted(
        [2, 4, 8, *range(0, 200, 2)]
    )
    assert sorted(json.dumps(each["input"]) for each in found if each["prediction"] is None) == sorted(
        ['{"other": 3}', '"{broken"', '{"value": null}']
    )


@pytest.fixture
def tiny_splits(spark):
    name = "spark.sql.files.maxPartitionBytes"
    before = spark.conf.get(name)
    spark.conf.set(name, "200")
    yield
    spark.conf.set(name, before)


def test_lines_are_counted_through_the_splits_of_a_file(case, tiny_splits):
    case.put("a.json", "".join(f'{{"value": {"null" if at % 7 == 0 else at}}}\r\n' for at in range(1, 51)))
    case.put("b.json", values(*range(20)) + "x\n")
    report = predict.run(case.spark, case.args(BATCHING, batch_rows=3))
    assert (report.records, report.predicted, report.quarantined) == (71, 63, 8)
    assert [each[:2] for each in case.quarantined()] == [*[("a.json", at) for at in range(7, 51, 7)], ("b.json", 21)]


def test_classic_lines_are_those_of_mrjobs_json_protocol(case):
    case.put("a.json", '{ "value":1.50, "é": "\\u00e9"}\n{"value":"x", "n":123456789012345678901}\nbroken\n')
    predict.run(case.spark, case.args(DOUBLING, output_format="classic"))
    assert case.lines() == [
        '{"value": 1.5, "\\u00e9": "\\u00e9"}\t{"doubled": 3.0}',
        '{"value": "x", "n": 123456789012345678901}\t{"doubled": "xx"}',
        '"broken"\tnull',
    ]


@pytest.mark.parametrize("model", ["Doubling", "Batching"])
def test_the_model_is_made_once_in_each_worker(case, model, monkeypatch, tmp_path, tiny_splits):
    case.put("a.json", values(*range(40)))
    case.put("b.json", values(1))
    log = tmp_path / "loaded"
    entry = {**interface(model), "description": str(tmp_path)}  # an entry of its own: workers outlive tests
    monkeypatch.setitem(case.spark.sparkContext.environment, LOADED, str(log))
    report = predict.run(case.spark, case.args(entry, batch_rows=5, group_bytes=1))
    assert (report.files, report.records) == (2, 41)
    pids = log.read_text().split()
    assert len(pids) == len(set(pids)) >= 1
    assert str(os.getpid()) not in pids


def test_csv_in_and_out_with_columns_in_any_order(case):
    case.put("a.csv", 'text,more\nab,1\n\n"c,d",2\n')
    case.put("b.csv", "more,text\r\n3,é\r\n4\r\n")
    entry = plain("Length", inputs={"text": "string"}, output="bigint")
    report = predict.run(case.spark, case.args(entry, input_format="csv", output_format="csv"))
    assert (report.records, report.predicted, report.quarantined) == (4, 3, 1)
    assert case.quarantined() == [
        ("b.csv", 3, "CsvError", "the line has 1 fields, the file's header has 2", '{"more": "4"}')
    ]
    assert sorted(case.lines()) == ['"c,d",2,3', ",4,", "ab,1,2", "text,more,prediction", "é,3,1"]


def test_a_column_that_the_model_needs_is_missed_before_the_first_row(case):
    case.put("a.csv", "text\nab\n")
    case.put("b.csv", "txt,more\nab,1\n")
    entry = plain("Length", inputs={"text": "string"})
    with pytest.raises(DataError) as failure:
        predict.run(case.spark, case.args(entry, input_format="csv"))
    assert str(failure.value) == (
        f"{case.uri}/in/b.csv: missing column text; found txt, more; the model 'length' expects text"
    )
    assert not (case.folder / "predictions").exists()


def test_parquet_in_and_out_keeps_the_columns_and_their_types(case):
    rows = case.spark.createDataFrame([(1, "ab", None), (2, None, 0.5)], "id bigint, text string, x double")
    rows.coalesce(1).write.mode("overwrite").parquet(f"{case.uri}/in/t")
    entry = plain("Length", inputs={"text": "string"}, output="bigint")
    report = predict.run(case.spark, case.args(entry, input_format="parquet", output_format="parquet"))
    assert (report.records, report.predicted, report.quarantined) == (2, 1, 1)
    table = case.spark.read.parquet(report.predictions_uri).drop("group")
    assert table.dtypes == [("id", "bigint"), ("text", "string"), ("x", "double"), ("prediction", "bigint")]
    assert table.orderBy("id").collect() == [(1, "ab", None, 2), (2, None, 0.5, None)]
    (bad,) = case.quarantined()
    assert bad[1:] == (2, "TypeError", "object of type 'NoneType' has no len()", '{"id": 2, "text": null, "x": 0.5}')


def test_parquet_without_the_models_column(case):
    case.spark.createDataFrame([(1,)], "id bigint").write.mode("overwrite").parquet(f"{case.uri}/in/t")
    entry = plain("Length", inputs={"text": "string"})
    with pytest.raises(DataError, match=r"missing column text; found id; the model 'length' expects text$"):
        predict.run(case.spark, case.args(entry, input_format="parquet"))


def test_json_to_parquet_and_a_prediction_that_does_not_fit_its_column(case):
    case.put("a.json", '{"value": 2}\n{"value": "x"}\n')
    entry = plain("Silent", output="bigint")
    predict.run(case.spark, case.args(entry, output_format="parquet"))
    table = case.spark.read.parquet(f"{case.uri}/predictions").drop("group")
    assert table.collect() == [('{"value": 2}', 7), ('{"value": "x"}', 7)]
    entry = plain("Length", output="boolean")
    case.put("a.json", '{"text": "x"}\n')
    report = predict.run(case.spark, case.args(entry, output_format="parquet"))
    assert (report.predicted, report.by_error) == (0, {"ArrowInvalid": 1})


def test_what_the_model_does_not_predict_is_in_quarantine(case):
    case.put("a.json", values(0, 1, 2))
    report = predict.run(case.spark, case.args(plain("Silent")))
    assert (report.predicted, report.by_error) == (1, {"NoPrediction": 2})
    assert [each[1:4] for each in case.quarantined()] == [
        (1, "NoPrediction", "the model returned None"),
        (2, "NoPrediction", "the model returned nan"),
    ]


def test_over_the_maximum_bad_ratio_the_run_fails_after_its_report(case):
    case.put("a.json", values(1, 2, 3) + "x\n")
    assert predict.run(case.spark, case.args(BATCHING, max_bad_ratio=0.25)).failures == []
    case.put("a.json", values(1, 2, 3, 4) + "x\nx\n")
    with pytest.raises(DataError) as failure:
        predict.run(case.spark, case.args(BATCHING, max_bad_ratio=0.25))
    report = PredictionReport.from_json((case.folder / "report.json").read_text(), "report.json")
    assert (report.records, report.predicted, report.quarantined) == (6, 4, 2)
    assert report.failures == [str(failure.value)]
    assert str(failure.value) == (
        f"{case.uri}/in: 2 of 6 records have no prediction (33.33%, most: 2 JSONDecodeError); expected at most 25.00%. "
        f"They are in {case.uri}/quarantine. Mend the input or raise max_bad_ratio."
    )


def test_input_without_records(case):
    with pytest.raises(DataError, match=r"/in: no files, or only empty ones; expected the input$"):
        predict.run(case.spark, case.args(BATCHING))
    case.put("a.json", "\n\n")
    with pytest.raises(DataError, match=r"/in: its files have no records; expected at least one\.$"):
        predict.run(case.spark, case.args(BATCHING))


def test_a_model_that_is_not_there(case):
    case.put("a.json", values(1))
    with pytest.raises(DataError, match=r"^'doublin' not found in ModelManager instance\. Did you mean 'doubling'\?$"):
        predict.run(case.spark, case.args(DOUBLING, model="doublin"))
    with pytest.raises(DataError, match=r"^the archive of the model's packages is not there: .* has no 'packages'"):
        predict.run(case.spark, case.args(DOUBLING, packages="packages"))
