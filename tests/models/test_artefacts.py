"""Artefacts by their location: scikit-learn's, MLflow's and Spark's own, saved as their users save them."""

import json

import joblib
import mlflow.pyfunc
import pandas as pd
import pytest
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import StringIndexer, VectorAssembler
from sklearn.linear_model import LinearRegression

from penstock.errors import DataError
from spark_jobs import predict
from tests.spark_jobs.predicting.conftest import case
from tests.spark_session import bucket, spark

__all__ = ["bucket", "case", "spark"]
POINTS = '{"a": 1.0, "b": 2.0}\n{"a": 2, "b": 0.5}\n{"a": null, "b": 1.0}\n'


def predictions(case):
    return [json.loads(line)["prediction"] for line in case.lines()]


@pytest.mark.parametrize("named", [True, False])
def test_a_pickled_scikit_learn_model_gets_arrays_or_frames(case, named):
    x = pd.DataFrame({"a": [0.0, 1.0, 0.0], "b": [0.0, 0.0, 1.0]})
    fitted = LinearRegression().fit(x if named else x.to_numpy(), [1.0, 3.0, 4.0])  # 1 + 2a + 3b
    name = f"linear-{named}.joblib"  # Spark refuses a second file of one name
    joblib.dump(fitted, case.folder / name)
    case.put("points.json", POINTS)
    entry = {"kind": "object", "uri": f"{case.uri}/{name}", "qualified_name": "linear", "output": "double"}
    entry |= {} if named else {"inputs": {"a": "double", "b": "double"}}
    report = predict.run(case.spark, case.args(entry))
    assert report.model.vectorised
    assert predictions(case) == [pytest.approx(9.0), pytest.approx(6.5), None]
    assert [each[1:4] for each in case.quarantined()] == [(3, "ValueError", "a: expected a number, got None")]


class Tripled(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        if (model_input["a"] < 0).any():
            raise ValueError("a is negative")
        return model_input["a"].to_numpy() * 3


@pytest.mark.filterwarnings("ignore")  # MLflow's own: of Pydantic, of type hints that the model does not have
def test_an_mlflow_model_is_asked_by_its_signature(case, tmp_path):
    signature = ModelSignature(inputs=Schema([ColSpec("double", "a")]))
    mlflow.pyfunc.save_model(case.folder / "tripled", python_model=Tripled(), signature=signature, pip_requirements=[])
    case.put("a.csv", "a\n1\n-1\n2.5\n")
    entry = {"kind": "mlflow", "uri": f"{case.uri}/tripled", "qualified_name": "tripled", "output": "double"}
    report = predict.run(case.spark, case.args(entry, input_format="csv"))
    assert predictions(case) == [3.0, None, 7.5]
    assert report.model.input_schema["required"] == ["a"]
    assert [each[1:4] for each in case.quarantined()] == [(3, "ValueError", "a is negative")]


@pytest.fixture(scope="module")
def pipeline_uri(spark):
    rows = [("red", 0.0, 0.0), ("red", 1.0, 0.0), ("blue", 8.0, 1.0), ("blue", 9.0, 1.0)]
    table = spark.createDataFrame(rows, "colour string, x double, label double")
    index = StringIndexer(inputCol="colour", outputCol="index", stringOrderType="alphabetAsc")
    assemble = VectorAssembler(inputCols=["index", "x"], outputCol="features")
    uri = "s3://penstock-test/predict/pipeline"
    Pipeline(stages=[index, assemble, LogisticRegression()]).fit(table).write().overwrite().save(uri)
    return uri


RECORDS = [("red", 0.5), ("green", 1.0), ("blue", 8.5), ("red", None)]
REFUSED = (
    "refused by a stage of the pipeline (StringIndexerModel, VectorAssembler): null, NaN or a value it has not seen"
)


def pipeline(uri, **values):
    columns = {"colour": "string", "x": "double"}
    return {"kind": "spark", "uri": uri, "qualified_name": "colours", "inputs": columns, "output": "double", **values}


def test_a_spark_pipeline_is_asked_by_transform_and_refusals_do_not_fail_the_job(case, pipeline_uri):
    lines = [json.dumps({"colour": colour, "x": x}) for colour, x in RECORDS]
    case.put("a.json", "\n".join([lines[0], "", *lines[1:], '{"colour": "red", "x": "far"}', "{"]))
    report = predict.run(case.spark, case.args(pipeline(pipeline_uri)))
    assert (report.records, report.predicted, report.quarantined) == (6, 2, 4)
    assert [each[1:4] for each in case.quarantined()][:3] == [
        (3, "RefusedByStage", REFUSED),
        (5, "RefusedByStage", REFUSED),
        (6, "ValueError", "x: expected a number, got 'far'"),
    ]
    assert case.quarantined()[3][1:3] == (7, "JSONDecodeError")
    found = {json.dumps(each["input"]): each["prediction"] for each in map(json.loads, case.lines())}
    assert [found[line] for line in lines] == [0.0, None, 1.0, None]
    predict.run(case.spark, case.args(pipeline(pipeline_uri), output_format="classic"))
    assert f"{lines[0]}\t0.0" in case.lines()
    assert f"{lines[1]}\tnull" in case.lines()


def test_a_spark_pipeline_over_parquet_keeps_the_columns(case, pipeline_uri):
    table = case.spark.createDataFrame(
        [(at, *row) for at, row in enumerate(RECORDS)], "id int, colour string, x double"
    )
    table.coalesce(1).write.parquet(f"{case.uri}/in/t")
    args = case.args(pipeline(pipeline_uri), input_format="parquet", output_format="parquet")
    report = predict.run(case.spark, args)
    assert (report.records, report.predicted) == (4, 2)
    found = case.spark.read.parquet(report.predictions_uri).drop("group").orderBy("id")
    assert found.columns == ["id", "colour", "x", "prediction"]
    assert [row.prediction for row in found.collect()] == [0.0, None, 1.0, None]
    assert [each[1] for each in case.quarantined()] == [2, 4]


def test_a_spark_pipeline_over_csv_with_two_outputs(case, pipeline_uri):
    case.put("a.csv", "x,colour\n0.5,red\n8.5,blue\n")
    entry = pipeline(pipeline_uri, output="", outputs=["prediction", "index"])
    predict.run(case.spark, case.args(entry, input_format="csv", output_format="classic"))
    assert sorted(case.lines()) == [
        '{"x": "0.5", "colour": "red"}\t{"prediction": 0.0, "index": 1.0}',
        '{"x": "8.5", "colour": "blue"}\t{"prediction": 1.0, "index": 0.0}',
    ]


def test_a_pipeline_that_is_not_there(case):
    case.put("a.json", "{}\n")
    with pytest.raises(DataError, match="/none: no PipelineModel can be read there"):
        predict.run(case.spark, case.args(pipeline(f"{case.uri}/none")))
    entry = {"kind": "object", "uri": f"{case.uri}/none.pkl", "qualified_name": "none"}
    with pytest.raises(DataError, match=r"/none.pkl: the model's artefact cannot be read there"):
        predict.run(case.spark, case.args(entry))
