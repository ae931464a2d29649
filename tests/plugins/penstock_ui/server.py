"""The part of Airflow that the pages meet: its auth manager, its cookie middleware and its database."""

import asyncio
import os
import secrets
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Airflow's own imports warn
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.api_fastapi.app import get_auth_manager, init_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api.app import init_middlewares
    from airflow.dag_processing.collection import update_dag_parsing_results_in_db
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG, Param, task
    from airflow.serialization.serialized_objects import LazyDeserializedDAG
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType
    from fastapi import FastAPI
    from sqlalchemy import select

    import penstock_ui.app  # noqa: F401
    from penstock_plugin import PenstockPlugin

DAG_ID, RUN_ID = "income", "manual__2026-11-21T08:00:00+00:00"
RUN = f"/runs/{DAG_ID}/{RUN_ID.replace('+', '%2B')}"
ROLES = {"admin": "ADMIN", "viewer": "VIEWER", "nobody": None}
os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = secrets.token_hex(64)


@dataclass
class Browser:
    """Requests as a browser sends them; `who` is a user of SimpleAuthManager, None for no login."""

    app: Any
    token: Callable[[str], str]

    def get(self, path: str, who: str | None = "viewer", **headers: str) -> httpx.Response:
        return self.send("GET", path, who, **headers)

    def post(self, path: str, who: str | None = "admin", **headers: str) -> httpx.Response:
        return self.send("POST", path, who, **headers)

    def send(self, method: str, path: str, who: str | None, **headers: str) -> httpx.Response:
        cookies = {"_token": self.token(who)} if who else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://airflow", cookies=cookies) as client:
                return await client.request(method, f"/penstock{path}", headers=named)

        return asyncio.run(send())


@cache
def start_database() -> None:
    """Airflow's schema, and one DAG with its run; once for all that ask."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        initdb()
    publish(_income())
    trigger_dag(DAG_ID, run_id=RUN_ID, triggered_by=DagRunTriggeredByType.TEST)


def start_app() -> FastAPI:
    """The plugin where Airflow mounts it."""
    root = FastAPI()
    for each in PenstockPlugin.fastapi_apps:
        root.mount(each["url_prefix"], each["app"])
    init_auth_manager(root)
    init_middlewares(root)
    return root


def token(who: str) -> str:
    """The cookie of a user who has logged in."""
    return get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=who, role=ROLES[who]))


def publish(dag: DAG) -> None:
    """Into the database, as the DAG processor does."""
    with create_session() as session:
        session.merge(DagBundleModel(name="tests"))
        session.flush()
        parsed = [LazyDeserializedDAG.from_dag(dag)]
        update_dag_parsing_results_in_db("tests", None, parsed, {}, None, set(), session=session, files_parsed=set())


def retire(dag_id: str) -> None:
    """As the DAG processor does when the file is gone."""
    with create_session() as session:
        session.get(DagModel, dag_id).is_stale = True


def runs(dag_id: str) -> list[tuple[dict[str, str], str]]:
    """Configuration and user of every run."""
    with create_session() as session:
        found = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id))
        return [(run.conf, run.triggering_user_name) for run in found]


def set_state(state: str) -> None:
    """Of the one run."""
    with create_session() as session:
        session.scalar(select(DagRun).where(DagRun.dag_id == DAG_ID)).state = DagRunState(state)


def rollback_model() -> DAG:
    """A DAG with the parameters of the real one."""
    params = {"model": Param("", type="string"), "version": Param("", type="string", pattern="^[0-9]*$")}
    with DAG("rollback_model", schedule=None, params=params) as dag:

        @task
        def roll_back() -> None: ...

        roll_back()
    return dag


def _income() -> DAG:
    with DAG(DAG_ID, schedule=None) as dag:

        @task
        def train_model() -> None: ...

        train_model()
    return dag
