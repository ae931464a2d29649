"""Airflow's processes, each started, killed and started again by itself."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import psutil

from tools.airflow_api import AirflowApi
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tools.stack.programs import Program

PACE = {
    "AIRFLOW__CORE__PARALLELISM": "8",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "10",
}
"""Seconds until Airflow notices what died. Its defaults are minutes: that changes when it notices, not what it does."""

_TRIGGERING = threading.Lock()
"""Two runs that begin in one moment lock each other out of sqlite for minutes: both read before they write."""
_KEYS = {"airflow-scheduler": "scheduler", "airflow-triggerer": "triggerer", "airflow-dag-processor": "dag_processor"}


class AirflowProcesses:
    """The scheduler with its LocalExecutor's workers, the triggerer, the DAG processor and the API server."""

    def __init__(self, programs: Mapping[str, Program], extra: Mapping[str, str], logs: Path) -> None:
        self._programs = programs
        self._extra = extra
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start_all(self) -> None:
        """Start every one; does not wait."""
        for name in self._programs:
            self.start(name)

    def start(self, name: str) -> None:
        """Start one; its output goes to a log of its own."""
        program = self._programs[name]
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                list(program.command),
                env={**program.environment, **self._extra},
                cwd=self._logs,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL one and nothing else: what it started lives on."""
        process = self._running.pop(name)
        process.kill()
        process.wait(30)

    def kill_with_children(self, name: str) -> None:
        """SIGKILL one with all that it started, as when its machine is lost."""
        family = psutil.Process(self._running[name].pid).children(recursive=True)
        self.kill(name)
        kill(family)

    def reap(self) -> None:
        """Collect the exit codes after all were stopped from outside."""
        for process in self._running.values():
            process.wait(30)


def kill(processes: list[psutil.Process]) -> None:
    """SIGKILL each that is still there."""
    for each in processes:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue


def healthy(url: str) -> bool:
    """Whether Airflow's own health report calls every part healthy."""
    try:
        report = httpx.get(f"{url}/api/v2/monitor/health", trust_env=False, timeout=10).json()
    except (httpx.TransportError, ValueError):
        return False
    return all((report.get(key) or {}).get("status") == "healthy" for key in ("metadatabase", *_KEYS.values()))


class FaultsApi(AirflowApi):
    """What a person does in Airflow's UI when a run is in trouble."""

    def trigger(self, dag_id: str, run_id: str, *, conf: dict[str, Any]) -> None:
        """Start a run, also where sqlite was busy for too long."""
        for pause in (1, 2, 4, 0):
            try:
                with _TRIGGERING:
                    super().trigger(dag_id, run_id, conf=conf)
            except ToolError:
                if self.has_run(dag_id, run_id):
                    return
                if not pause:
                    raise
                time.sleep(pause)
            else:
                return

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int) -> list[str]:
        """The lines of one attempt's log; none of an attempt that never began."""
        try:
            return super().log(dag_id, run_id, task_id, attempt)
        except ToolError:
            return []

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause or unpause a DAG."""
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": paused})

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Clear one task of a run, and no other."""
        body = {"dry_run": False, "dag_run_id": run_id, "task_ids": [task_id], "only_failed": False}
        self._call("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)

    def events(self, dag_id: str, run_id: str) -> list[str]:
        """What the scheduler noted of the run, such as a missed heartbeat."""
        found = self._call("GET", "/eventLogs", params={"dag_id": dag_id, "run_id": run_id, "limit": 100})
        return [f"{each['event']}: {each['extra'] or ''}" for each in found["event_logs"]]


def worker(pid: int) -> list[psutil.Process]:
    """A task's process and the LocalExecutor's worker that runs it."""
    task = psutil.Process(pid)
    parent = task.parent()
    return [parent, task] if parent else [task]


def until(condition: Callable[[], Any], seconds: float, what: str, *, pause: float = 0.1) -> Any:
    """Wait for the first true answer; raises TimeoutError naming what did not come."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)
    return answer
