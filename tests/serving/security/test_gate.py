"""Who comes in, over HTTP."""

import json

import pytest

from serving.security.keys import Role, add_key
from serving.settings import Auth
from tests.serving.servers import VERSION, error_of, running, settings_for

PATH = "/v1/users/1/recommendations"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A service that asks for keys, and a key of each role."""
    folder = tmp_path_factory.mktemp("guarded")
    keys = {role: add_key(folder / "keys.json", role) for role in Role}
    with running(settings_for(folder, auth=Auth.KEYS, keys_file=folder / "keys.json")) as (client, _):
        yield client, keys, folder


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key"])
@pytest.mark.parametrize("role", list(Role))
def test_a_key_opens(guarded, role, header):
    client, keys, _ = guarded
    value = keys[role] if header == "X-Api-Key" else f"Bearer {keys[role]}"
    assert client.get(PATH, headers={header: value}).status_code == 200
    assert client.get("/v1/models", headers={header: value}).json()["may_reload"] is (role == Role.ADMIN)


@pytest.mark.parametrize("path", [PATH, "/v1/models", "/metrics", "/v1/genres"])
def test_nothing_opens_without_a_key(guarded, path):
    answer = guarded[0].get(path)
    expected = "No key or token was sent: send Authorization: Bearer <key or token>"
    assert error_of(answer) == (401, "no_credentials", expected)
    assert answer.headers["www-authenticate"] == 'Bearer realm="penstock"'


def test_a_key_that_is_almost_right_opens_nothing(guarded):
    client, keys, _ = guarded
    key = keys[Role.ADMIN]
    wrong = (key[:-1], key + "x", key[:-1] + ("a" if key[-1] != "a" else "b"), key.swapcase(), "pst", "pst__", "x")
    for each in (*wrong, f"{key[:13]}{keys[Role.READER][13:]}"):
        assert error_of(client.get(PATH, headers=bearer(each)))[:2] == (401, "no_credentials"), each
    assert client.get(PATH, headers={"Authorization": f"Basic {key}"}).status_code == 401
    assert client.get(f"{PATH}?key={key}").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_what_machines_ask_is_open(guarded, path):
    assert guarded[0].get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/models/reload", {"version": VERSION}), ("/classic/LoadModelAndData", {"s3ModelLoc": "bucket/x"})],
)
def test_a_reader_loads_nothing(guarded, path, body):
    client, keys, _ = guarded
    expected = "This needs a key or token with the role admin; yours has the role reader"
    assert error_of(client.post(path, json=body, headers=bearer(keys[Role.READER]))) == (403, "not_allowed", expected)
    assert client.get("/v1/models", headers=bearer(keys[Role.READER])).json()["reload"] is None


def test_with_keys_other_hosts_names_are_taken(guarded):
    client, keys, _ = guarded
    headers = {**bearer(keys[Role.READER]), "Host": "recommend.example.com"}
    assert client.get(PATH, headers=headers).status_code == 200


def test_no_key_is_kept_as_it_is(guarded):
    _, keys, folder = guarded
    stored = (folder / "keys.json").read_text()
    assert [each["role"] for each in json.loads(stored)["keys"]] == ["reader", "admin"]
    assert not any(key in stored or key.split("_", 2)[2] in stored for key in keys.values())
    assert (folder / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """A service without keys that takes small bodies and origins of one other site."""
    folder = tmp_path_factory.mktemp("local")
    changes = {"max_body_bytes": 100, "request_seconds": 0.5, "cors_origins": ("https://shop.example",)}
    with running(settings_for(folder, **changes)) as (client, _):
        yield client


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8480", "127.0.0.1.evil.example", "localhost.evil", ""])
@pytest.mark.parametrize("path", [PATH, "/healthz"])
def test_without_keys_only_the_names_of_this_machine_are_taken(local, path, host):
    assert error_of(local.get(path, headers={"Host": host}))[:2] == (421, "wrong_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8480", "[::1]:8480"])
def test_the_names_of_this_machine(local, host):
    assert local.get(PATH, headers={"Host": host}).status_code == 200


def test_a_long_body_is_refused_announced_or_not(local):
    path, body = "/v1/recommendations/batch", b'{"user_ids": [1]' + b" " * 100 + b"}"
    expected = (413, "too_large", "The body has more than 100 bytes: send less at a time")
    headers = {"Content-Type": "application/json"}
    assert error_of(local.post(path, content=body, headers=headers)) == expected
    assert error_of(local.post(path, content=iter([body[:60], body[60:]]), headers=headers)) == expected


@pytest.mark.parametrize("declared", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_a_form_of_another_site_cannot_post(local, declared):
    answer = local.post("/v1/recommendations/batch", content=b'{"user_ids": [1]}', headers={"Content-Type": declared})
    expected = "The body is not declared as JSON: send Content-Type: application/json"
    assert error_of(answer) == (415, "wrong_type", expected)


def test_what_is_not_json(local):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    status, code, message = error_of(local.post("/v1/recommendations/batch", content=b"{", headers=headers))
    assert (status, code) == (400, "not_json")
    assert message.startswith("The body is not JSON: ")


def test_a_body_that_does_not_come(local):
    import socket  # noqa: PLC0415 - the one test that speaks HTTP by hand

    with socket.create_connection((local.base_url.host, local.base_url.port)) as connection:
        connection.sendall(
            b"POST /v1/recommendations/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 50\r\n\r\n{"
        )
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"The request took longer than 0.5 s" in answer


def test_other_sites_read_only_if_they_are_named(local):
    def allowed(origin):
        return local.get("/v1/genres", headers={"Origin": origin}).headers.get("access-control-allow-origin")

    assert allowed("https://shop.example") == "https://shop.example"
    assert allowed("https://evil.example") is None
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert local.options("/v1/genres", headers={"Origin": "https://evil.example", **asked}).status_code == 400
    assert local.options("/v1/genres", headers={"Origin": "https://shop.example", **asked}).status_code == 200


def test_a_caller_has_a_share_and_health_has_none(tmp_path):
    with running(settings_for(tmp_path, rate_limit=5.0)) as (client, _):
        answers = [client.get("/v1/genres") for _ in range(12)]
        statuses = [each.status_code for each in answers]
        assert statuses[:5] == [200] * 5
        refused = answers[statuses.index(429)]
        assert error_of(refused)[1] == "too_many"
        assert refused.headers["retry-after"] == "1"
        assert {client.get("/readyz").status_code for _ in range(20)} == {200}
