import re

import pytest

from tests.serving.servers import VERSION, error_of, running, settings_for, until


def test_ten_titles_for_a_user(client):
    answer = client.post("/classic/MoviesRec", json={"userId": 1})
    assert (answer.status_code, answer.json()) == (200, {"result": [" 1: Matrix, The (1999)", " 2: Item 30"]})
    assert client.post("/classic/MoviesRec", json={"userId": "1"}).json() == answer.json()


def test_five_titles_of_a_genre(client):
    answer = client.post("/classic/MoviesRecByGenre", json={"userId": 7, "genre": "comedy"}).json()
    assert answer == {"result": [" 1: Amélie (2001)"]}


def test_an_unknown_user_gets_what_is_popular(client):
    answer = client.post("/classic/MoviesRecByGenre", json={"userId": 100, "genre": "Comedy"}).json()
    assert answer == {"result": [" 1: Amélie (2001)", " 2: Matrix, The (1999)"]}


def test_a_genre_is_no_expression(client):
    answer = client.post("/classic/MoviesRecByGenre", json={"userId": 1, "genre": ".*"})
    assert error_of(answer) == (404, "not_found", "There is no genre '.*'; GET /v1/genres lists them")


@pytest.mark.parametrize("body", [{}, {"userId": "1; drop"}, {"userId": 1.5}, {"userId": True}, {"userId": None}])
def test_what_is_no_user(client, body):
    assert error_of(client.post("/classic/MoviesRec", json=body))[:2] == (422, "invalid")


def test_the_load_call_is_answered_at_once_and_can_be_followed(tmp_path):
    bundles = tmp_path / "bundles"
    with running(settings_for(tmp_path, bundle="", roots=(str(bundles),)), ready=False) as (client, _):
        answer = client.post("/classic/LoadModelAndData", json={"s3DataLoc": "", "s3ModelLoc": f"{bundles}/{VERSION}/"})
        assert answer.status_code == 200
        said = re.fullmatch(
            r"Request Submitted with ID ([0-9a-f]{16})\.  It should be ready shortly\.", answer.json()["result"]
        )
        path = f"/v1/models/reloads/{said[1]}"
        until(lambda: client.get(path).json()["status"] == "loaded")
        assert client.post("/classic/MoviesRec", json={"userId": 1}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"s3DataLoc": "bucket/data", "s3ModelLoc": "elsewhere/model"},
        {"s3DataLoc": "elsewhere/data", "s3ModelLoc": "bucket/model"},
        {"s3DataLoc": "bucket/data", "s3ModelLoc": "bucket-evil/model"},
        {"s3DataLoc": "bucket/data", "s3ModelLoc": "bucket/../model"},
        {"s3DataLoc": "bucket/data", "s3ModelLoc": "/etc/passwd"},
        {"s3DataLoc": "../etc", "s3ModelLoc": "bucket/model"},
    ],
)
def test_only_places_below_the_roots_are_loaded(tmp_path_factory, body, rooted):
    assert error_of(rooted.post("/classic/LoadModelAndData", json=body))[:2] == (403, "not_allowed")
    assert rooted.get("/v1/models").json()["reload"] is None


@pytest.fixture(scope="module")
def rooted(tmp_path_factory):
    settings = settings_for(tmp_path_factory.mktemp("rooted"), bundle="", roots=("s3://bucket",))
    with running(settings, ready=False) as (client, _):
        yield client
