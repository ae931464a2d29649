import json

import pytest
from typer.testing import CliRunner

from models.cli import app


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def registry(tmp_path):
    path = tmp_path / "registry.yaml"
    path.write_text(
        "models:\n"
        "  - {module_name: models.iris, class_name: IrisModel}\n"
        "  - {module_name: models.iris, class_name: IrisModelOfMlBase}\n"
        "  - {kind: spark, uri: s3://b/m, qualified_name: trees, version: '3', inputs: {x: double}, output: double}\n"
        "  - {kind: object, uri: s3://b/m.pkl, qualified_name: far}\n"
    )
    return path


def test_models_are_listed_and_one_that_cannot_be_loaded_says_why(registry):
    result = run("list", "--registry", registry)
    assert result.exit_code == 0
    rows = [line.strip().split(maxsplit=4) for line in result.output.splitlines()[1:]]
    assert rows[:3] == [
        ["iris_model", "0.1", "mlmodel", "batches", "Iris Model"],
        ["iris_model_ml_base", "0.1.0", "mlmodel", "batches", "Iris Model"],
        ["trees", "3", "spark", "batches", "trees"],
    ]
    assert "s3://b/m.pkl is not on this machine" in result.output


def test_a_model_is_described_with_its_schemas(registry):
    result = run("describe", "iris_model", "--registry", registry)
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert (found["qualified_name"], found["version"], found["vectorised"]) == ("iris_model", "0.1", True)
    assert found["input_schema"]["properties"]["petal_width"] == {"type": "number"}
    assert found["output_schema"]["properties"] == {"species": {"type": "string"}}


def test_the_shipped_registry():
    assert json.loads(run("describe", "iris_model_ml_base").output)["version"] == "0.1.0"


def test_an_unknown_name_is_one_line_and_a_failure(registry):
    result = run("describe", "iris_mdel", "--registry", registry)
    assert result.exit_code == 1
    assert result.stderr == "'iris_mdel' not found in ModelManager instance. Did you mean 'iris_model'?\n"


def test_a_registry_that_is_not_there(tmp_path):
    result = run("list", "--registry", tmp_path / "none.yaml")
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path}/none.yaml cannot be read: No such file or directory\n")
