"""The iris models, alone and through the whole job; by the interpreter that has their packages and Spark."""

import json
from pathlib import Path

import pytest

from models.iris import MEASURES, Flower, IrisModel, IrisModelOfMlBase, fitted
from models.ml_model import MLModelSchemaValidationError
from penstock.prediction import parse_models
from spark_jobs import predict
from spark_jobs.predicting.interface import load_interface
from tests.spark_jobs.predicting.conftest import case
from tests.spark_session import bucket, spark

__all__ = ["bucket", "case", "spark"]
ENTRIES = {
    "iris_model": {"module_name": "models.iris", "class_name": "IrisModel"},
    "iris_model_ml_base": {"module_name": "models.iris", "class_name": "IrisModelOfMlBase"},
}
GOOD = dict(zip(MEASURES, (5.1, 3.5, 1.4, 0.2), strict=True))
INPUT = "".join(
    json.dumps(dict(zip(MEASURES, row, strict=True))) + "\n"
    for row in [(5.0, 3.2, 1.2, 0.2)] * 5 + [(6.3, 2.3, 4.4, 1.3)] * 5 + [(6.7, 3.0, 5.2, 2.3)] * 4
)
BAD = '{"sepal_length": 5.9, "sepal_width": 3.0, "petal_length": 5.1, "petal_width": "asd"}'
EXPECTED = ["setosa"] * 5 + ["versicolor"] * 5 + ["virginica"] * 4


@pytest.fixture(params=list(ENTRIES))
def entry(request):
    return parse_models(json.dumps([ENTRIES[request.param]]))[0]


def test_the_estimator_is_the_classic_one():
    assert (fitted().gamma, fitted().C, fitted().kernel, len(fitted().classes_)) == (0.001, 100.0, "rbf", 3)


def test_both_interfaces_say_the_same_of_one_and_of_many(entry):
    model = load_interface(entry)
    assert model.ask(GOOD) == {"species": "setosa"} or model.ask(GOOD).species == "setosa"
    assert model.predict([GOOD, GOOD]) == [{"species": "setosa"}] * 2
    assert model.description.output_schema["properties"]["species"]["type"] == "string"
    assert {each["type"] for each in model.description.input_schema["properties"].values()} == {"number"}
    assert model.description.input_schema["required"] == list(MEASURES)


@pytest.mark.parametrize("value", [5, "asd", None, True])
def test_a_measure_that_is_no_float_is_refused_by_both(entry, value):
    good, bad = load_interface(entry).predict([GOOD, {**GOOD, "petal_width": value}])
    assert good == {"species": "setosa"}
    assert bad.error_type in ("MLModelSchemaValidationError", "ValidationError")
    assert "petal_width" in bad.message
    assert repr(value) in bad.message


def test_the_old_interfaces_words():
    with pytest.raises(MLModelSchemaValidationError) as failure:
        IrisModel().predict({**GOOD, "petal_width": 5})
    assert str(failure.value) == (
        "Failed to validate input data: Key 'petal_width' error:\n5 should be instance of 'float'"
    )
    assert IrisModelOfMlBase().predict(Flower(**GOOD)).species == "setosa"


@pytest.mark.parametrize("name", list(ENTRIES))
def test_fifteen_irises_are_fourteen_predictions_and_one_null_with_its_reason(case, name):
    case.put("input.ldjson", INPUT + BAD + "\n")
    report = predict.run(case.spark, case.args(ENTRIES[name], model=name, output_format="classic"))
    assert (report.records, report.predicted, report.quarantined) == (15, 14, 1)
    *good, bad = case.lines()
    assert [line.partition("\t")[2] for line in good] == [f'{{"species": "{each}"}}' for each in EXPECTED]
    assert "".join(line.partition("\t")[0] + "\n" for line in good) == INPUT
    assert bad == f"{BAD}\tnull"
    ((file, line, _, message, payload),) = case.quarantined()
    assert (file, line, payload) == ("input.ldjson", 15, BAD)
    assert "petal_width" in message
    assert "'asd'" in message


def test_the_registry_that_ships_names_these_models():
    spec = Path(__file__).parents[2] / "dags/specs/batch_prediction.yaml"
    assert all(name in spec.read_text() for name in ("IrisModel", "IrisModelOfMlBase"))
