"""The MLmodel file, read back by MLflow itself."""

from dataclasses import replace

import yaml
from mlflow.models import Model

from penstock.documents import Column
from tests.dags.workflow.documents import EVALUATION, TRAINING
from workflow.evidence import of_recommender
from workflow.mlmodel import mlmodel

EVIDENCE = of_recommender(TRAINING, EVALUATION)
VECTOR = "struct<type:tinyint,size:int,indices:array<int>,values:array<double>>"


def test_mlflow_reads_the_flavor() -> None:
    model = Model.from_dict(yaml.safe_load(mlmodel(EVIDENCE)))
    assert model.flavors["spark"] == {
        "model_data": "sparkml",
        "pyspark_version": "3.5.6",
        "model_class": "pyspark.ml.recommendation.ALSModel",
    }


def test_the_signature_has_the_tables_types() -> None:
    names = ["int", "bigint", "double", "string", "array<string>", VECTOR, "decimal(10,2)", "map<string,int>"]
    inputs = [Column(name=f"c{index}", type=name) for index, name in enumerate(names)]
    model = Model.from_dict(yaml.safe_load(mlmodel(replace(EVIDENCE, inputs=inputs))))
    assert model.signature is not None
    assert [str(each) for each in model.signature.inputs.input_types()] == [
        "DataType.integer",
        "DataType.long",
        "DataType.double",
        "DataType.string",
        "Array(string)",
        "SparkML vector",
        "DataType.double",
        "Any",
    ]
    assert model.signature.outputs.input_names() == ["prediction"]
