"""The local stack as a user starts it, with two runs of the recommender: the second one's models are champions."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
LOCAL_PYTHON = os.environ.get("PENSTOCK_LOCAL_PYTHON", str(REPOSITORY / ".venv/local/bin/python"))
PORTS = ("PENSTOCK_AIRFLOW_PORT", "PENSTOCK_AWS_PORT", "PENSTOCK_S3_PORT", "PENSTOCK_MLFLOW_PORT")
DAG_ID, SECOND = "movie_recommender", "another-seed"
SECONDS = 1_800
"""Of patience for the demo, and for each run after it."""
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _free_ports() -> list[str]:
    """Held all at once, so that they are distinct."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        return [str(each.getsockname()[1]) for each in sockets]


@dataclass
class Stack:
    """`python -m tools`, and the few calls of Airflow's REST API that the tests need."""

    home: Path
    ports: list[str] = field(default_factory=_free_ports)

    def tools(self, command: str) -> None:
        """One command of the tools, to its end."""
        ports = dict(zip(PORTS, self.ports, strict=True))
        done = subprocess.run(
            [LOCAL_PYTHON, "-m", "tools", command],
            cwd=REPOSITORY,
            env={**os.environ, **ports, "PENSTOCK_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"tools {command} ended with status {done.returncode}:\n{done.stdout}"

    def run_again(self) -> None:
        """Another split, another model: promoted without a contest, so that there are two versions."""
        conf = {"gate_mode": "disabled", "seed": 7}
        self.call("POST", f"/dags/{DAG_ID}/dagRuns", {"dag_run_id": SECOND, "logical_date": None, "conf": conf})
        assert self.ended(DAG_ID, SECOND) == "success"

    def ended(self, dag_id: str, run_id: str) -> str:
        """The state in which a run ends."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            state = str(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"])
            if state not in {"queued", "running"}:
                return state
            time.sleep(1)
        raise AssertionError(f"{run_id} of {dag_id} is still {state} after {SECONDS} s")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What the demo has found."""
        found: dict[str, Any] = json.loads((self.home / "demo-summary.json").read_text(encoding="utf-8"))
        return found

    @property
    def url(self) -> str:
        """Airflow's."""
        return str(self.summary["airflow"]["url"])

    @property
    def login(self) -> tuple[str, str]:
        """User and password."""
        return self.summary["airflow"]["user"], self.summary["airflow"]["password"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Airflow's REST API."""
        return self._send(method, f"/api/v2{path}", body, {"Authorization": f"Bearer {self._token()}"})

    def _token(self) -> str:
        user, password = self.login
        answer = self._send("POST", "/auth/token", {"username": user, "password": password}, {})
        return str(answer["access_token"])

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        named = {"Content-Type": "application/json", **headers}
        with _DIRECTLY.open(urllib.request.Request(f"{self.url}{path}", data, named, method=method), timeout=60) as got:
            return json.load(got)
