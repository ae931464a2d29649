"""What champions are published to on this machine."""

import json
from dataclasses import replace

import pytest

from penstock.deployment import Service
from tools.credentials import Credentials
from tools.errors import ToolError
from tools.settings import Settings
from tools.stack.airflow import environment, publishing
from tools.stack.aws import deployment


def test_the_tables_are_a_file_of_the_home(settings: Settings) -> None:
    found = publishing(settings, Credentials())
    assert {name: json.loads(value) for name, value in found.items()} == {
        "AIRFLOW_CONN_PENSTOCK_SQL": {"conn_type": "sqlite", "host": str(settings.home / "tables.db")}
    }
    made = deployment(settings, code_sha="c0ffee")
    assert (made.sql_conn_id, made.services) == ("penstock_sql", [])


def test_a_service_is_deployed_to_when_it_is_named(settings: Settings) -> None:
    named = replace(settings, service_url="http://127.0.0.1:8480")
    connection = json.loads(publishing(named, Credentials())["AIRFLOW_CONN_PENSTOCK_SERVICE"])
    assert connection == {"conn_type": "http", "host": "http://127.0.0.1:8480"}
    assert deployment(named, code_sha="c0ffee").services == [
        Service(name="local", model="movie_recommender", conn_id="penstock_service")
    ]


def test_in_containers_the_tables_are_in_postgres_and_the_service_asks_for_a_key(settings: Settings) -> None:
    named = replace(settings, service_url="http://serving:8480", database="postgres:5432")
    found = publishing(named, Credentials(database_password="s3/cret", serving_key="pst_1"))
    assert {name: json.loads(value) for name, value in found.items()} == {
        "AIRFLOW_CONN_PENSTOCK_SQL": {
            "conn_type": "postgres",
            "host": "postgres",
            "port": 5432,
            "login": "penstock",
            "password": "s3/cret",
            "schema": "penstock",
        },
        "AIRFLOW_CONN_PENSTOCK_SERVICE": {"conn_type": "http", "host": "http://serving:8480", "password": "pst_1"},
    }
    url = environment(named, Credentials(database_password="s3/cret"))["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert url == "postgresql+psycopg2://penstock:s3%2Fcret@postgres:5432/airflow"


def test_a_database_without_a_port_is_refused(settings: Settings) -> None:
    with pytest.raises(ToolError, match="PENSTOCK_DATABASE=postgres: expected host:port, as postgres:5432"):
        publishing(replace(settings, database="postgres"), Credentials())
