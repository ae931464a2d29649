import re
from dataclasses import replace
from pathlib import Path

import pytest

from tools.errors import UNUSABLE, ToolError
from tools.settings import REPOSITORY, Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({"PENSTOCK_AIRFLOW_PORT": ""})
    assert settings == Settings()
    assert settings.home == REPOSITORY / ".penstock"
    assert settings.ports == {
        "PENSTOCK_AIRFLOW_PORT": 8080,
        "PENSTOCK_AWS_PORT": 8081,
        "PENSTOCK_S3_PORT": 8082,
        "PENSTOCK_MLFLOW_PORT": 8083,
    }


def test_an_environment_that_was_not_made_is_named_with_the_remedy(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.touch()
    settings = Settings(local_python=python, airflow_python=python, spark_python=tmp_path / "absent")
    with pytest.raises(ToolError) as raised:
        settings.check_interpreters()
    assert str(raised.value) == (
        f"PENSTOCK_SPARK_PYTHON={tmp_path}/absent does not exist. Make the environments: make environments"
    )


def test_variables_set_their_fields_and_folders_become_absolute() -> None:
    settings = Settings.from_environment({"PENSTOCK_MLFLOW_PORT": "9000", "PENSTOCK_DATA": "some/folder"})
    assert settings.mlflow_url == "http://127.0.0.1:9000"
    assert settings.data == Path.cwd() / "some/folder"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PENSTOCK_S3_PORT": "many"}, "PENSTOCK_S3_PORT=many: expected a whole number"),
        ({"PENSTOCK_S3_PORT": "65536"}, "PENSTOCK_S3_PORT=65536: expected a port from 1 to 65535"),
        (
            {"PENSTOCK_S3_PORT": "8080"},
            (
                "Every server needs a port of its own; got PENSTOCK_AIRFLOW_PORT=8080, PENSTOCK_AWS_PORT=8081, "
                "PENSTOCK_S3_PORT=8080, PENSTOCK_MLFLOW_PORT=8083"
            ),
        ),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError) as raised:
        Settings.from_environment(environment)
    assert str(raised.value) == message
    assert raised.value.status == UNUSABLE


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("airflow_host", "airflow-api-server", "PENSTOCK_AIRFLOW_HOST"),
        ("listen", "0.0.0.0", "PENSTOCK_LISTEN"),
        ("database", "postgres:5432", "PENSTOCK_DATABASE"),
    ],
)
def test_servers_elsewhere_are_for_containers(settings: Settings, name: str, value: str, variable: str) -> None:
    settings.check_here()
    with pytest.raises(ToolError, match=re.escape(f"{variable}={value} is for containers: the local stack listens at")):
        replace(settings, **{name: value}).check_here()


def test_the_addresses_of_containers_are_used_wherever_servers_are_named(settings: Settings) -> None:
    named = replace(settings, aws_host="local-aws", mlflow_host="mlflow", airflow_host="airflow-api-server")
    assert (named.aws_url, named.s3_url) == ("http://local-aws:8081", "http://local-aws:8082")
    assert (named.mlflow_url, named.airflow_url) == ("http://mlflow:8083", "http://airflow-api-server:8080")
    assert named.airflow_browser_url == "http://airflow-api-server:8080"
    assert replace(named, airflow_page="http://127.0.0.1:9090").airflow_browser_url == "http://127.0.0.1:9090"
