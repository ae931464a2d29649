"""The compose file's services, without containers: they come up, run the demo, and start again."""

from __future__ import annotations

import json
import shutil
import stat
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.processes import SERVING_PORT, Machine

pytestmark = pytest.mark.timeout(2_400)
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    postgres = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path is short, and root's server is nobody's
    machine = Machine(folder=tmp_path_factory.mktemp("home"), postgres_folder=postgres)
    try:
        machine.up()
        yield machine
    finally:
        machine.down()
        shutil.rmtree(postgres)


@pytest.fixture(scope="module")
def summary(machine: Machine) -> dict[str, Any]:
    """What the service `demo` has found."""
    status, output = machine.run(machine.services["demo"])
    assert status == 0, output
    assert "What the run found" in output
    found: dict[str, Any] = json.loads((machine.volume("airflow") / "demo-summary.json").read_text())
    return found


def secrets(machine: Machine) -> dict[str, bytes]:
    files = [each for each in machine.folder.glob("volumes/secrets-*/*") if each.is_file()]
    return {f"{each.parent.name}/{each.name}": each.read_bytes() for each in files}


def ask(machine: Machine, path: str) -> Any:
    key = secrets(machine)["secrets-login/serving_key"].decode()
    url = f"http://127.0.0.1:{machine.ports[SERVING_PORT]}{path}"
    with DIRECTLY.open(urllib.request.Request(url, headers={"X-Api-Key": key}), timeout=30) as answer:
        return json.load(answer)


def test_secrets_are_generated_for_their_owner_and_not_again(machine: Machine) -> None:
    before = secrets(machine)
    assert set(before) == {
        "secrets-aws/aws_access_key_id",
        "secrets-aws/aws_secret_access_key",
        "secrets-airflow/fernet_key",
        "secrets-airflow/jwt_secret",
        "secrets-airflow/api_secret_key",
        "secrets-database/database_password",
        "secrets-login/airflow_password",
        "secrets-login/serving_key",
        "secrets-serving/keys.json",
    }
    assert all(before.values())
    modes = {stat.S_IMODE(each.stat().st_mode) for each in machine.folder.glob("volumes/secrets-*/*")}
    assert modes == {0o600}
    for name in ("secrets", "serving-key", "migrate", "prepare"):
        status, output = machine.run(machine.services[name])
        assert status == 0, output
    assert secrets(machine) == before


def test_the_demo_promotes_a_champion_and_loads_its_scores_into_postgres(summary: dict[str, Any]) -> None:
    assert summary["state"] == "success"
    assert [name for name, model in summary["models"].items() if model["promoted"]] == [
        "movie_recommender",
        "movie_ratings",
    ]
    assert summary["tables"]["recommendations"] == summary["users"] * 10
    assert summary["stop"] == "docker compose down"


def test_the_service_was_told_of_the_champion(machine: Machine, summary: dict[str, Any]) -> None:
    user = summary["recommendations"]["user"]
    served = ask(machine, f"/v1/users/{user}/recommendations?n=10")
    wanted = [each["item_id"] for each in summary["recommendations"]["items"]]
    assert [each["item_id"] for each in served["items"]] == wanted


def test_a_restarted_service_finds_the_champion_by_itself(machine: Machine, summary: dict[str, Any]) -> None:
    [before] = ask(machine, "/v1/models")["models"]
    machine.down({"serving": None})
    machine.start(machine.services["serving"])
    machine.until_healthy(machine.services["serving"])
    until = time.monotonic() + 120
    while not (loaded := ask(machine, "/v1/models")["models"]):  # it is healthy before its bundle is there
        assert time.monotonic() < until
        time.sleep(0.5)
    [after] = loaded
    assert after["bundle_uri"] == before["bundle_uri"]
