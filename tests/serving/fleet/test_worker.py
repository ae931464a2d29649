"""Several workers of one service: two in this process, and processes that the command line starts."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx

from serving.fleet.membership import Membership
from tests.serving.api.test_models import NEW, followed, write_version
from tests.serving.conftest import free_port
from tests.serving.servers import REPOSITORY, VERSION, running, settings_for, until


def version_of(client):
    return client.get("/v1/users/1/recommendations").json()["model_version"]


def test_two_workers_swap_together_or_not_at_all(tmp_path):
    settings = settings_for(tmp_path)
    with running(settings) as (first, _), running(settings) as (second, service):
        write_version(tmp_path)
        assert followed(second, first.post("/v1/models/reload", json={"version": NEW}))["status"] == "loaded"
        assert (version_of(first), version_of(second)) == (NEW, NEW)
        # The second one alone cannot load what comes next.
        write_version(tmp_path, "third")
        load = service.worker._load
        service.worker._load = lambda uri: load(uri + "-not-here")
        found = followed(first, first.post("/v1/models/reload", json={"version": "third"}))
        assert found["status"] == "failed"
        assert "third-not-here" in found["error"]
        assert (version_of(first), version_of(second)) == (NEW, NEW)
        shown = first.get("/v1/models").json()
        assert [each["version"] for each in shown["workers"]] == [NEW, NEW]
        service.worker._load = load
        assert followed(first, second.post("/v1/models/reload", json={"version": "third"}))["status"] == "loaded"


def test_a_worker_that_joins_later_serves_what_the_others_serve(tmp_path):
    settings = settings_for(tmp_path)
    with running(settings) as (first, _):
        write_version(tmp_path)
        assert followed(first, first.post("/v1/models/reload", json={"version": NEW}))["status"] == "loaded"
        with running(settings) as (second, _):
            assert version_of(second) == NEW
    with running(settings) as (again, _):  # a new start of the whole service begins with its setting
        assert version_of(again) == VERSION


def test_a_worker_that_never_gets_ready_ends_the_reload_at_its_deadline(tmp_path):
    with running(settings_for(tmp_path, reload_seconds=0.5)) as (client, _):
        write_version(tmp_path)
        idle = Membership(tmp_path / "fleet")
        found = followed(client, client.post("/v1/models/reload", json={"version": NEW}))
        idle.leave()
        assert (found["status"], found["error"]) == ("failed", "After 0.5 s not every worker had it ready")
        assert version_of(client) == VERSION


@contextmanager
def started(folder, *options):
    """`python -m serving serve`, and a client of it that makes a connection for each request."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_SERVING_")}
    own = {"PENSTOCK_SERVING_CACHE": str(folder / "cache"), "PENSTOCK_SERVING_RATE_LIMIT": "0"}
    command = [sys.executable, "-m", "serving", "serve", "--bundle", str(folder / "bundles" / VERSION)]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            [*command, "--port", str(port), *options], cwd=REPOSITORY, env={**kept, **own}, stdout=out, stderr=err
        )
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, limits=limits) as client:
            until(lambda: answers(client, "/readyz"), seconds=60)
            yield client, process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def answers(client, path):
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False


def recommended(folder):
    """Lines of the access log that are whole."""
    lines = [json.loads(line) for line in (folder / "out").read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"]
    return [each for each in lines if each["path"] == "/v1/users/1/recommendations"]


def test_processes_agree_count_together_and_come_back(tmp_path):
    settings_for(tmp_path)
    write_version(tmp_path)
    with started(tmp_path, "--workers", "2") as (client, process):
        members = until(lambda: len(found := client.get("/v1/models").json()["workers"]) == 2 and found)
        until(lambda: [each["version"] for each in client.get("/v1/models").json()["workers"]] == [VERSION] * 2)
        assert followed(client, client.post("/v1/models/reload", json={"version": NEW}))["status"] == "loaded"
        assert {version_of(client) for _ in range(30)} == {NEW}

        until(lambda: len(recommended(tmp_path)) == 30)  # what waits to be written would be lost with the worker
        os.kill(members[0]["pid"], signal.SIGKILL)  # uvicorn starts another one, which serves what was agreed on
        until(
            lambda: (
                len(found := client.get("/v1/models").json()["workers"]) == 2
                and members[0]["pid"] not in [each["pid"] for each in found]
                and [each["version"] for each in found] == [NEW] * 2
            ),
            seconds=60,
        )
        assert {version_of(client) for _ in range(30)} == {NEW}
        text = client.get("/metrics").text
        counted = 'method="GET",route="/v1/users/{user_id}/recommendations",status="200"'
        assert f"penstock_serving_requests_total{{{counted}}} 60.0" in text.splitlines()
        assert f'penstock_serving_bundle_info{{model="movie_recommender",version="{NEW}"}} 2.0' in text.splitlines()
    lines = recommended(tmp_path)
    assert len(lines) == 60
    assert {(each["method"], each["status"], each["caller"]) for each in lines} == {("GET", 200, "address:127.0.0.1")}
    assert process.returncode in (0, -signal.SIGTERM)
