"""The PostgreSQL of containers: who logs in, and which databases it has."""

from __future__ import annotations

import importlib
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from tools.credentials import Credentials

USER = "penstock"
AIRFLOW, APPLICATION = "airflow", "penstock"
"""The databases of Airflow and of the application's tables."""


def login(address: str, credentials: Credentials, database: str = APPLICATION) -> dict[str, Any]:
    """The fields of an Airflow connection; raises ToolError unless the address is `host:port`."""
    host, _, port = address.partition(":")
    if not host or not port.isdigit():
        raise ToolError(f"PENSTOCK_DATABASE={address}: expected host:port, as postgres:5432", status=UNUSABLE)
    return {
        "host": host,
        "port": int(port),
        "login": USER,
        "password": credentials.database_password,
        "schema": database,
    }


def airflow_url(address: str, credentials: Credentials) -> str:
    """The metadata database, as SQLAlchemy names it."""
    found = login(address, credentials, AIRFLOW)
    secret = quote(found["password"], safe="")
    return f"postgresql+psycopg2://{found['login']}:{secret}@{found['host']}:{found['port']}/{found['schema']}"


def connect(address: str, credentials: Credentials, database: str = APPLICATION) -> Any:
    """A connection that commits each statement; for where psycopg is installed, as in Airflow's environment."""
    found = login(address, credentials, database)
    return importlib.import_module("psycopg").connect(
        host=found["host"],
        port=found["port"],
        user=found["login"],
        password=found["password"],
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )


def create_application_database(address: str, credentials: Credentials) -> bool:
    """Make the database of the application's tables; False if it is there."""
    with closing(connect(address, credentials, AIRFLOW)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [APPLICATION]).fetchone():
            return False
        connection.execute(f'CREATE DATABASE "{APPLICATION}"')
    return True
