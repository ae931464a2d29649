from pathlib import Path

import pytest

from tools.settings import Settings
from tools.stack import database

FILES = ("airflow/airflow.db", "airflow/airflow.db-wal", "mlflow/mlflow.db", "mlflow/artifacts")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for each in FILES:
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).touch()
    return tmp_path


def left(home: Path) -> set[str]:
    return {each for each in FILES if (home / each).exists()}


def test_databases_whose_set_up_was_cut_off_are_made_anew(home: Path) -> None:
    database.discard_unfinished(Settings(home=home))
    assert left(home) == {"mlflow/artifacts"}


def test_finished_databases_are_kept(home: Path) -> None:
    settings = Settings(home=home)
    (home / "airflow/migrated").touch()
    database.keep(settings)
    database.discard_unfinished(settings)
    assert left(home) == set(FILES)


def test_each_database_has_a_stamp_of_its_own(home: Path) -> None:
    settings = Settings(home=home)
    database.keep(settings)
    database.discard_unfinished(settings)
    assert left(home) == {"mlflow/mlflow.db", "mlflow/artifacts"}
