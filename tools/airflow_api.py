"""The few calls of Airflow's REST API v2 that the tools make."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import httpx

from tools.credentials import USER, Credentials
from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.settings import Settings

UNFINISHED = ("queued", "running")
"""States of a DAG run that can still change."""
_TOKEN_SECONDS = 3600
_ATTEMPTS = 4


class AirflowApi:
    """A client that logs in by itself; raises ToolError with the server's own words."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._credentials = credentials
        self._http = httpx.Client(base_url=settings.airflow_url, timeout=30, trust_env=False)
        self._token_until = 0.0

    def close(self) -> None:
        """End its connection."""
        self._http.close()

    def runs(self, dag_id: str = "~", **filters: Any) -> list[dict[str, Any]]:
        """DAG runs; `~` stands for every DAG."""
        found: list[dict[str, Any]] = self._call("GET", f"/dags/{dag_id}/dagRuns", params=filters)["dag_runs"]
        return found

    def dag_parsed(self, dag_id: str) -> bool:
        """Whether the DAG processor has stored this DAG."""
        return any(each["dag_id"] == dag_id for each in self._call("GET", "/dags", params={"limit": 200})["dags"])

    def import_errors(self, dag_id: str = "") -> list[str]:
        """What kept DAG files from being parsed: all of them, or the one that is named as the DAG is."""
        errors = self._call("GET", "/importErrors")["import_errors"]
        return [
            f"{each['filename']}:\n{each['stack_trace']}"
            for each in errors
            if not dag_id or PurePosixPath(each["filename"]).stem == dag_id
        ]

    def params(self, dag_id: str) -> list[str]:
        """The names of the parameters of a DAG's runs."""
        return list(self._call("GET", f"/dags/{dag_id}/details")["params"] or ())

    def trigger(self, dag_id: str, run_id: str, *, conf: dict[str, Any]) -> None:
        """Start a run."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._call("POST", f"/dags/{dag_id}/dagRuns", json=body)

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """One run."""
        found: dict[str, Any] = self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        return found

    def has_run(self, dag_id: str, run_id: str) -> bool:
        """Whether Airflow knows this run."""
        response = self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        if response.status_code == httpx.codes.NOT_FOUND:
            return False
        _refuse_errors("GET", response)
        return True

    def fail_run(self, dag_id: str, run_id: str) -> None:
        """End a run as failed: running tasks are killed, teardowns still run."""
        self._call("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"})

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Every task instance of a run."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        found: list[dict[str, Any]] = self._call("GET", path, params={"limit": 200})["task_instances"]
        return found

    def task_order(self, dag_id: str) -> list[str]:
        """Task ids, each after what it depends on."""
        tasks = self._call("GET", f"/dags/{dag_id}/tasks")["tasks"]
        waiting = {each["task_id"]: set(each["downstream_task_ids"]) for each in tasks}
        blocked = {task: {up for up, downs in waiting.items() if task in downs} for task in waiting}
        order: list[str] = []
        while len(order) < len(blocked):
            order.extend([task for task, needs in blocked.items() if task not in order and needs <= set(order)])
        return order

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int) -> list[str]:
        """The lines of one attempt's log."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}"
        content = self._call("GET", path, params={"full_content": "true"}, headers={"Accept": "application/json"})
        lines = [each.get("event", "") if isinstance(each, dict) else str(each) for each in content["content"]]
        details = [_error_lines(each) for each in content["content"] if isinstance(each, dict)]
        return [line for event, detail in zip(lines, details, strict=False) for line in (event, *detail)]

    def _call(self, method: str, path: str, **options: Any) -> Any:
        response = self._request(method, path, **options)
        _refuse_errors(method, response)
        return response.json()

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        if time.monotonic() > self._token_until:
            self._login()
        return self._send(method, f"/api/v2{path}", **options)

    def _login(self) -> None:
        body = {"username": USER, "password": self._credentials.airflow_password}
        response = self._send("POST", "/auth/token", json=body)
        if response.is_error:
            raise ToolError(f"Airflow refused the login of {USER!r}: HTTP {response.status_code} {response.text[:500]}")
        self._http.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
        self._token_until = time.monotonic() + _TOKEN_SECONDS

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Try a few times: on a busy machine the one worker may be late."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._http.request(method, path, **options)
            except httpx.TransportError as error:
                if attempt == _ATTEMPTS:
                    raise ToolError(f"Airflow does not answer at {self._http.base_url}: {error!r}") from error
                time.sleep(0.5 * attempt)
        raise AssertionError


def _refuse_errors(method: str, response: httpx.Response) -> None:
    if response.is_error:
        where = f"{method} {response.url}"
        raise ToolError(f"Airflow refused {where}: HTTP {response.status_code} {response.text[:500]}")


def _error_lines(event: dict[str, Any]) -> list[str]:
    """Airflow's logs carry an exception as structured detail beside the event."""
    return [f"{each['exc_type']}: {each['exc_value']}" for each in event.get("error_detail") or ()]
