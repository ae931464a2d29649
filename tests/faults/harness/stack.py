"""The whole of what a fault can strike: a real Airflow, and for each variant an AWS of its own."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from socket import create_server

from tests.faults.harness.airflow import PACE, AirflowProcesses, FaultsApi, healthy, until
from tests.faults.harness.lane import Lane
from tools.credentials import load_or_create, write_private
from tools.settings import HOST, REPOSITORY, Settings
from tools.stack import airflow, aws, database, sweep
from tools.stack.programs import LOCAL_AWS, programs

LANES = ("plain_sync", "plain_deferrable", "penstock_sync", "penstock_deferrable")
FAULTS = Path(__file__).parents[1]
LEDGER, DEPLOYMENTS = "PENSTOCK_FAULTS_LEDGER", "PENSTOCK_FAULTS_DEPLOYMENTS"
START_SECONDS = 180.0
BUCKET = "faults"


def free_ports(count: int) -> list[int]:
    """Held all at once, so that they are distinct."""
    with ExitStack() as held:
        sockets = [held.enter_context(create_server((HOST, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


class FaultStack:
    """Starts everything below one folder and stops all of it."""

    def __init__(self, home: Path, lanes: tuple[str, ...] = LANES) -> None:
        *lane_ports, airflow_port = free_ports(2 * len(lanes) + 1)
        self.settings = Settings.from_environment(
            {**os.environ, "PENSTOCK_HOME": str(home), "PENSTOCK_AIRFLOW_PORT": str(airflow_port)}
        )
        self.credentials = load_or_create(home)
        self.ledger = home / "ledger"
        server = next(each for each in programs(self.settings, self.credentials) if each.name == LOCAL_AWS)
        self.lanes = {
            name: Lane(
                name=name,
                root=home / name,
                command=(str(self.settings.local_python), "-m", "local_aws"),
                environment={**server.environment, "LOCAL_AWS_SPARK_PYTHON": str(self.settings.spark_python)},
                ports=(lane_ports[2 * number], lane_ports[2 * number + 1]),
            )
            for number, name in enumerate(lanes)
        }
        servers = [each for each in programs(self.settings, self.credentials) if each.waits_for_database]
        self._logs = home / "logs"
        self._extra: dict[str, str] = {}
        self.airflow = AirflowProcesses({each.name: each for each in servers}, self._extra, self._logs)
        self.api = FaultsApi(self.settings, self.credentials)

    def start(self) -> None:
        """Start and wait until all DAGs are there; raises TimeoutError or AssertionError."""
        for folder in (self._logs, self.settings.airflow_home, self.ledger):
            folder.mkdir(parents=True)
        for lane in self.lanes.values():
            (self.ledger / lane.name).mkdir()
            lane.start()
        airflow.write_passwords(self.settings, self.credentials)
        migration = database.Migration(self.settings, self.credentials)
        for lane in self.lanes.values():
            until(lane.state_file.exists, START_SECONDS, f"the local AWS of {lane.name}")
            lane.client("s3").create_bucket(Bucket=BUCKET)
        self._extra.update(self._environment())
        until(migration.done, START_SECONDS, "Airflow's database")
        self._let_many_write()
        self.airflow.start_all()
        self.wait_until_healthy()
        self._wait_for_dags()

    def stop(self) -> None:
        """Stop all, whatever its parent is now."""
        self.api.close()
        sweep.stop(self.settings.home, grace=5)
        self.airflow.reap()
        for lane in self.lanes.values():
            if lane.process:
                lane.process.wait(30)

    def wait_until_healthy(self) -> None:
        """Wait for Airflow's own word on every part."""
        until(lambda: healthy(self.settings.airflow_url), START_SECONDS, "a healthy Airflow", pause=0.5)

    def _let_many_write(self) -> None:
        """Sqlite as it comes locks out readers while it writes: with this many tasks at once, calls would fail."""
        with contextlib.closing(sqlite3.connect(self._database)) as database:
            database.execute("PRAGMA journal_mode=WAL")

    @property
    def _database(self) -> Path:
        return self.settings.airflow_home / "airflow.db"

    def _environment(self) -> dict[str, str]:
        self._write_deployments()
        return {
            **PACE,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._database}?timeout=60",
            **{f"AIRFLOW_CONN_{name.upper()}": lane.airflow_connection() for name, lane in self.lanes.items()},
            "AIRFLOW__CORE__DAGS_FOLDER": str(FAULTS / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "dags")]),
            DEPLOYMENTS: str(self.settings.home),
            LEDGER: str(self.ledger),
        }

    def _write_deployments(self) -> None:
        for name in self.lanes:
            deployment = replace(
                aws.deployment(self.settings, code_sha="faults"),
                name=name.replace("_", "-"),
                root=f"s3://{BUCKET}",
                aws_conn_id=name,
            )
            write_private(self._deployment_file(name), deployment.to_json())

    def _deployment_file(self, lane: str) -> Path:
        return self.settings.home / lane / "deployment.json"

    def _wait_for_dags(self) -> None:
        wanted = {f"{lane}{suffix}" for lane in self.lanes for suffix in ("", "_brief", "_limited")}
        wanted |= {f"housekeeping_{name}" for name, lane in self.lanes.items() if lane.ours}
        deadline = time.monotonic() + START_SECONDS
        while not all(self.api.dag_parsed(each) for each in wanted):
            assert not (errors := self.api.import_errors()), "\n".join(errors)
            assert time.monotonic() < deadline, f"the DAG processor did not find all of {sorted(wanted)}"
            time.sleep(1)
