"""Run the plan on a stack of its own with the local AWS recording, and condense what was called."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from tools import home as homes
from tools.airflow_api import AirflowApi
from tools.calls.plan import PLAN, SHARED_CLUSTER, Recorded, copy_workflows
from tools.calls.rows import Row, call_of, merged, mlflow_rows, rows
from tools.console import console
from tools.errors import ToolError
from tools.runs.run import run_workflow
from tools.serve import champion_bundle, variables
from tools.settings import HOST, REPOSITORY, Settings
from tools.stack import aws
from tools.stack.lifecycle import Stack
from tools.stack.ports import free_port
from tools.stack.programs import MLFLOW

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SERVED_MODEL_OF = "movie_recommender"
RECORD = "calls.jsonl"
_SERVICE_SECONDS = 120
_MONTHS_SECONDS = 100 * 24 * 3600


def record_calls(settings: Settings, *, only: Collection[str], into: Path, check: bool) -> None:
    """Record the plan, or the runs of some workflows, in a new stack below the home; raises ToolError.

    `check` compares with what `into` holds; otherwise it is replaced, or added to if `only` some were run.
    """
    home = settings.home / "recording"
    homes.delete(home)  # refuses a folder that is not ours
    shutil.rmtree(home, ignore_errors=True)
    homes.prepare(home)
    own = replace(settings, home=home, dags=copy_workflows(home / "dags"), aws_record=home / RECORD)
    recorder, known = Recorder(own), _load(into)
    try:
        for each in (each for each in PLAN if not only or each.workflow in only):
            recorder.run(each)
            if not check:  # after each run: one that fails does not take the others' calls with it
                _store(into, merged([*(known if only else ()), *recorder.rows()]))
    finally:
        Stack(own).down()
    if check:
        compare(known, merged(recorder.rows()))
    console.print(f"{len(merged(recorder.rows()))} kinds of calls, in {into}", markup=False, soft_wrap=True)


class Recorder:
    """Runs workflows one after the other in one stack."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = Stack(settings)
        self._shared = False

    def run(self, planned: Recorded) -> None:
        """Run one, and after the recommender the service too."""
        self._prepare(planned)
        given = {name: value.format(run=self._last_run(planned.after)) for name, value in planned.params.items()}
        run_workflow(self._settings, planned.workflow, [f"{name}={value}" for name, value in given.items()])
        if planned.workflow == SERVED_MODEL_OF:
            self._serve()

    def rows(self) -> list[Row]:
        """Everything so far, with what the model registry was asked."""
        record = self._settings.home / RECORD
        registry = self._settings.logs / f"{MLFLOW}.log"
        calls, asked = (each.read_text(encoding="utf-8") if each.exists() else "" for each in (record, registry))
        return [*rows(calls.splitlines()), *mlflow_rows(asked)]

    def _prepare(self, planned: Recorded) -> None:
        self._stack.up(None)
        if not self._shared:
            aws.client("emr", self._settings, self._stack.credentials).run_job_flow(**SHARED_CLUSTER)
            self._shared = True
        for folder in planned.ages:
            self._age(self._settings.home / "aws" / "s3" / aws.BUCKET / folder)
        if planned.crash:
            self._fault("add", "step-crash", "--step", planned.crash)

    def _fault(self, *order: str) -> None:
        argv = [str(self._settings.local_python), "-m", "local_aws", "faults", *order]
        state = ["--state-file", str(self._settings.aws_state_file)]
        subprocess.run([*argv, *state], cwd=REPOSITORY, check=True, capture_output=True)  # noqa: S603 - our own command

    @staticmethod
    def _age(folder: Path) -> None:
        then = time.time() - _MONTHS_SECONDS
        for path in folder.rglob("*"):
            os.utime(path, (then, then))

    def _last_run(self, workflow: str) -> str:
        """`<DAG id>/<run id>` of the last run of a workflow; empty if none is asked for."""
        if not workflow:
            return ""
        runs = AirflowApi(self._settings, self._stack.credentials).runs(workflow, order_by="-run_after")
        return f"{workflow}/{runs[0]['dag_run_id']}"

    def _serve(self) -> None:
        """Let the service load the champion's bundle, as `make serve` does, and end it."""
        port, settings = free_port(), self._settings
        environment = variables(settings, self._stack.credentials, self._base())
        bundle = champion_bundle(settings)
        argv = [str(settings.serving), "-m", "serving", "serve", "--port", str(port), "--bundle", bundle]
        service = subprocess.Popen(argv, cwd=REPOSITORY, env=environment)  # noqa: S603 - our own command
        try:
            _wait_for(f"http://{HOST}:{port}/readyz", service)  # 503 until the bundle is loaded
        finally:
            service.terminate()
            service.wait()

    def _base(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self._settings.home)}


def compare(known: list[Row], found: list[Row]) -> None:
    """Raise ToolError if other calls were made than are known."""
    before, now = ({call_of(row) for row in each} for each in (known, found))
    lines = [f"  new: {each}" for each in sorted(now - before)] + [
        f"  not made: {each}" for each in sorted(before - now)
    ]
    if lines:
        shown = "\n".join(lines)
        raise ToolError(
            f"The workflows called something else than the file says:\n{shown}\nIf that is meant, record "
            "again: make record-calls, then make test-infra"
        )


def _wait_for(url: str, service: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SERVICE_SECONDS
    while True:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        if service.poll() is not None or time.monotonic() > deadline:
            raise ToolError(f"The service did not answer {url} within {_SERVICE_SECONDS} s")
        time.sleep(0.2)


def _load(path: Path) -> list[Row]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _store(path: Path, found: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in found), encoding="utf-8")
