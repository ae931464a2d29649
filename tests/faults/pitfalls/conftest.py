"""The provider's operators, executed directly in Airflow's environment, against a local AWS."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.harness.lane import Lane
from tools.settings import HOST, REPOSITORY, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

LANE, BUCKET = "pitfalls", "faults"
START_SECONDS = 60.0


def _configure(home: Path) -> None:
    """Airflow reads its settings when it is first imported, so they stand here and not in a fixture."""
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }


HOME = Path(tempfile.mkdtemp(prefix="penstock-pitfalls-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
_configure(HOME)


@pytest.fixture(scope="session")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server((HOST, 0))) for _ in range(2)]
        ports = (sockets[0].getsockname()[1], sockets[1].getsockname()[1])
    found = Lane(
        name=LANE,
        root=tmp_path_factory.mktemp("home") / "aws",
        command=(str(Settings.from_environment().local_python), "-m", "local_aws"),
        environment={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        ports=ports,
    )
    found.start()
    assert found.process
    try:
        deadline = time.monotonic() + START_SECONDS
        while not found.state_file.exists():
            assert found.process.poll() is None, (found.root / "server.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        found.client("s3").create_bucket(Bucket=BUCKET)
        yield found
    finally:
        found.process.terminate()
        found.process.wait(30)


@pytest.fixture
def aws(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """How an operator reaches the local AWS; what it leaves there is ended."""
    monkeypatch.setenv(f"AIRFLOW_CONN_{LANE.upper()}", lane.airflow_connection())
    yield {"aws_conn_id": LANE, "region_name": "us-east-1"}
    lane.clear_faults()
    lane.end_clusters()


class TaskInstance:
    """As much of one as the operators' links need."""

    def __init__(self) -> None:
        self.xcoms: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.xcoms[key] = value


@pytest.fixture
def context() -> Any:
    ti = TaskInstance()
    return {"ti": ti, "task_instance": ti}
