"""What champions are published to on this machine."""

import json
from dataclasses import replace

from penstock.deployment import Service
from tools.credentials import Credentials
from tools.settings import Settings
from tools.stack.airflow import publishing
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
