import os
import threading

import pytest

from serving.fleet.membership import Membership
from tests.serving.bundles import change_manifest, write_small
from tests.serving.servers import VERSION, error_of, running, settings_for, until

NEW = "second"


def write_version(folder, version=NEW, changes=None):
    write_small(folder / "bundles" / version, changes)
    change_manifest(folder / "bundles" / version, version=version)


def followed(client, answer):
    """The reload that was answered, once it has ended."""
    assert answer.status_code == 202
    path = f"/v1/models/reloads/{answer.json()['id']}"
    return until(lambda: (found := client.get(path).json())["status"] in ("loaded", "failed") and found)


@pytest.fixture
def service(tmp_path):
    with running(settings_for(tmp_path)) as (client, _):
        yield client, tmp_path


def test_what_is_served(service):
    client, folder = service
    answer = client.get("/v1/models").json()
    loaded_at = answer["models"][0].pop("loaded_at")
    model = {"model": "movie_recommender", "version": VERSION, "users": 3, "items": 4, "rank": 2, "genres": 2}
    assert answer == {
        "models": [{**model, "bundle_uri": str(folder / "bundles" / VERSION)}],
        "reload": None,
        "workers": [{"pid": os.getpid(), "version": VERSION, "loaded_at": loaded_at, "error": None}],
        "answered_by": os.getpid(),
        "may_reload": True,
    }


@pytest.mark.parametrize("by", ["version", "bundle_uri"])
def test_another_version_is_loaded_beside_the_first_and_served(service, by):
    client, folder = service
    write_version(folder)
    uri = str(folder / "bundles" / NEW)
    answer = client.post("/v1/models/reload", json={by: NEW if by == "version" else uri + "/"})
    assert {**answer.json(), "id": "", "status": ""} == {
        "id": "",
        "status": "",
        "version": NEW,
        "bundle_uri": uri,
        "error": None,
    }
    found = followed(client, answer)
    assert (found["status"], found["error"]) == ("loaded", None)
    assert client.get("/v1/users/1/recommendations").json()["model_version"] == NEW
    shown = client.get("/v1/models").json()
    assert (shown["models"][0]["version"], shown["workers"][0]["version"], shown["reload"]) == (NEW, NEW, found)


def test_a_bundle_that_was_changed_is_refused_and_the_old_one_is_served(service):
    client, folder = service
    write_version(folder)
    path = folder / "bundles" / NEW / "item_factors.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    found = followed(client, client.post("/v1/models/reload", json={"version": NEW}))
    assert found["status"] == "failed"
    assert found["error"].startswith(f"{path}: sha256 ")
    assert client.get("/v1/users/1/recommendations").json()["model_version"] == VERSION
    assert client.get("/v1/models").json()["models"][0]["version"] == VERSION


def test_after_a_failure_the_next_reload_is_taken(service):
    client, folder = service
    assert followed(client, client.post("/v1/models/reload", json={"version": "none"}))["status"] == "failed"
    write_version(folder)
    assert followed(client, client.post("/v1/models/reload", json={"version": NEW}))["status"] == "loaded"


def test_one_at_a_time_and_not_before_every_worker_is_ready(service):
    client, folder = service
    write_version(folder)
    other = Membership(folder / "fleet")  # a worker that lives and never has the bundle ready
    answer = client.post("/v1/models/reload", json={"version": NEW})
    first = answer.json()
    until(lambda: client.get(f"/v1/models/reloads/{first['id']}").json()["status"] == "loading")
    again = client.post("/v1/models/reload", json={"version": NEW})
    sentence = f"Reload {first['id']} of {first['bundle_uri']} is loading: wait until it is loaded or failed"
    assert error_of(again) == (409, "busy", sentence)
    assert again.headers["retry-after"] == "2"
    assert client.get("/readyz").json()["version"] == VERSION
    other.leave()
    assert followed(client, answer)["status"] == "loaded"


@pytest.fixture(scope="module")
def refusing(tmp_path_factory):
    """A service that is asked for what it refuses only."""
    folder = tmp_path_factory.mktemp("refusing")
    settings = settings_for(folder, roots=(str(folder / "bundles"), "s3://bucket", "s3://lake/bundles"))
    with running(settings) as (client, _):
        (folder / "bundles" / "link").symlink_to("/etc")
        yield client, folder


@pytest.mark.parametrize(
    "uri",
    [
        "/etc",
        "{bundles}/../../etc",
        "{bundles}-evil/x",
        "{bundles}",
        "{bundles}/./x",
        "{bundles}//x",
        "{bundles}/link",
        "s3://other/bundles/x",
        "s3://bucket-evil/x",
        "s3://bucket",
        "s3://lake/bundles-evil/x",
        "s3://lake/bundles/../x",
        "S3://bucket/x",
        "file:///etc",
        "http://127.0.0.1/x",
        "relative",
        "{bundles}/x\n",
    ],
)
def test_places_that_are_not_below_the_roots_are_refused(refusing, uri):
    client, folder = refusing
    answer = client.post("/v1/models/reload", json={"bundle_uri": uri.format(bundles=folder / "bundles")})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert client.get("/v1/models").json()["reload"] is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Give either version or bundle_uri"),
        ({"version": "a", "bundle_uri": "/b"}, "Give either version or bundle_uri"),
        ({"version": "../etc"}, "version is '../etc': it should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'"),
        ({"version": "a\n"}, "version is 'a\\n': it should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'"),
        ({"version": 5}, "version is 5: it should be a valid string"),
    ],
)
def test_what_is_no_reload(refusing, body, message):
    assert error_of(refusing[0].post("/v1/models/reload", json=body)) == (422, "invalid", message)


def test_a_reload_that_is_not_known(refusing):
    expected = (404, "not_found", "There is no reload 'abc' among the last 20")
    assert error_of(refusing[0].get("/v1/models/reloads/abc")) == expected


def test_a_service_that_was_started_without_a_bundle_takes_its_first(tmp_path):
    settings = settings_for(tmp_path, bundle="", roots=(str(tmp_path / "bundles"),))
    with running(settings, ready=False) as (client, _):
        answer = client.post("/v1/models/reload", json={"version": VERSION})
        assert error_of(answer)[:2] == (503, "not_loaded")
        uri = str(tmp_path / "bundles" / VERSION)
        assert followed(client, client.post("/v1/models/reload", json={"bundle_uri": uri}))["status"] == "loaded"
        assert client.get("/readyz").json() == {"status": "ok", "version": VERSION}


def test_a_first_bundle_that_cannot_be_loaded_is_told_and_tried_again(tmp_path):
    settings = settings_for(tmp_path, bundle=str(tmp_path / "bundles" / NEW))
    with running(settings, ready=False) as (client, _):
        until(lambda: "tried again" in client.get("/readyz").text)
        status, code, message = error_of(client.get("/readyz"))
        assert (status, code) == (503, "not_loaded")
        assert message.startswith(f"No bundle is loaded: {tmp_path}/bundles/{NEW}/manifest.json: cannot be opened")
        assert client.get("/healthz").json() == {"status": "ok"}
        write_version(tmp_path)
        until(lambda: client.get("/readyz").status_code == 200)


def test_reloads_under_load_fail_no_request(service):
    client, folder = service
    write_version(folder)
    stop, answers, errors = threading.Event(), [], []

    def ask():
        with type(client)(base_url=client.base_url, trust_env=False) as own:
            while not stop.is_set():
                try:
                    answer = own.get("/v1/users/1/recommendations?n=2")
                    answers.append((answer.status_code, answer.json().get("model_version")))
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed request
                    errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in (NEW, VERSION, NEW):
        assert followed(client, client.post("/v1/models/reload", json={"version": version}))["status"] == "loaded"
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(answers) == {(200, VERSION), (200, NEW)}
