import numpy as np
import pytest

from penstock.bundle import BundleFile
from tests.serving.bundles import small_arrays, write_small
from tests.serving.servers import VERSION, error_of, running, settings_for


def shown(items):
    return [(each["rank"], each["item_id"], each["score"], each["seen"]) for each in items]


def test_a_user_gets_the_best_items_that_they_have_not_seen(client):
    answer = client.get("/v1/users/1/recommendations")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "user_id": 1,
        "model_version": VERSION,
        "reason": "personal",
        "genre": None,
        "exclude_seen": True,
        "items": [
            {
                "rank": 1,
                "item_id": 10,
                "title": "Matrix, The (1999)",
                "genres": ["Action", "Comedy"],
                "score": 3.0,
                "seen": False,
            },
            {"rank": 2, "item_id": 30, "title": "Item 30", "genres": [], "score": 1.0, "seen": False},
        ],
    }


def test_what_was_seen_is_shown_as_seen_when_asked_for(client):
    items = client.get("/v1/users/1/recommendations?exclude_seen=false").json()["items"]
    assert shown(items) == [(1, 10, 3, False), (2, 40, 2, True), (3, 30, 1, False), (4, 20, 0, True)]


def test_no_more_than_asked_for(client):
    assert shown(client.get("/v1/users/5/recommendations?n=1").json()["items"]) == [(1, 20, 2, False)]


@pytest.mark.parametrize("name", ["Action", "action", "ACTION"])
def test_a_genre_in_any_case_is_answered_as_the_model_writes_it(client, name):
    answer = client.get(f"/v1/users/7/recommendations?genre={name}").json()
    assert (answer["genre"], shown(answer["items"])) == ("Action", [(1, 40, 1, False)])


def test_an_empty_genre_is_none(client):
    assert client.get("/v1/users/7/recommendations?n=10&genre=&exclude_seen=true").json()["genre"] is None


def test_an_unknown_user_gets_what_is_popular_and_is_told(client):
    answer = client.get("/v1/users/2/recommendations?n=3").json()
    assert answer["reason"] == "unknown_user"
    assert shown(answer["items"]) == [(1, 20, 7, False), (2, 30, 7, False), (3, 10, 5, False)]


def test_an_unknown_genre_is_answered_with_the_nearest(client):
    answer = client.get("/v1/users/1/recommendations?genre=Comedie")
    assert error_of(answer) == (404, "not_found", "There is no genre 'Comedie'; did you mean 'Comedy'?")
    assert answer.json()["error"]["nearest"] == ["Comedy"]


def test_a_genre_is_a_name_and_no_expression(client):
    answer = client.get("/v1/users/1/recommendations", params={"genre": ".*"})
    assert error_of(answer) == (404, "not_found", "There is no genre '.*'; GET /v1/genres lists them")
    assert answer.json()["error"]["nearest"] == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("n=0", "n is 0: it should be greater than or equal to 1"),
        ("n=101", "n is 101: it should be less than or equal to 100"),
        ("n=ten", "n is 'ten': it should be a valid integer, unable to parse string as an integer"),
        ("n=", "n is '': it should be a valid integer, unable to parse string as an integer"),
        ("n=1_0", "n is '1_0': it should be a valid integer, unable to parse string as an integer"),
        ("n=%2B1", "n is '+1': it should be a valid integer, unable to parse string as an integer"),
        ("n=1&n=2", "'n' is given twice: give it once"),
        ("user_id=5", "'user_id' is given twice: give it once"),
        ("genere=Comedy", "'genere' is not known here; did you mean genre?"),
        ("exclude_seen=yes", "exclude_seen is 'yes': it should be a valid boolean, unable to interpret input"),
        ("genre=%ff", "The query cannot be read: expected at most 20 parameters, percent-encoded UTF-8"),
        (
            "&".join(f"a{i}=1" for i in range(21)),
            "The query cannot be read: expected at most 20 parameters, percent-encoded UTF-8",
        ),
    ],
)
def test_bad_parameters_are_named(client, query, message):
    assert error_of(client.get(f"/v1/users/1/recommendations?{query}")) == (422, "invalid", message)


@pytest.mark.parametrize("user", ["x", "1.0", "9223372036854775808", "-9223372036854775809", "%31%30x"])
def test_a_user_is_a_whole_number_of_64_bits(client, user):
    status, code, message = error_of(client.get(f"/v1/users/{user}/recommendations"))
    assert (status, code, message.split()[0]) == (422, "invalid", "user_id")


def test_a_batch_is_answered_in_its_order(client):
    answer = client.post("/v1/recommendations/batch", json={"user_ids": [7, 2, 7], "n": 1, "genre": "comedy"})
    assert answer.status_code == 200
    body = answer.json()
    results = [(each["user_id"], each["reason"], shown(each["items"])) for each in body.pop("results")]
    assert body == {"model_version": VERSION, "genre": "Comedy", "exclude_seen": True}
    personal = (7, "personal", [(1, 20, 1, False)])
    assert results == [personal, (2, "unknown_user", [(1, 20, 7, False)]), personal]


def test_a_batch_is_as_many_single_answers(client):
    batch = client.post("/v1/recommendations/batch", json={"user_ids": [1, 5, 7, 9], "n": 4, "exclude_seen": False})
    single = [client.get(f"/v1/users/{user}/recommendations?n=4&exclude_seen=false").json() for user in (1, 5, 7, 9)]
    assert [each["items"] for each in batch.json()["results"]] == [each["items"] for each in single]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "user_ids is missing"),
        ({"user_ids": []}, "user_ids is []: it should have at least 1 item after validation, not 0"),
        ({"user_ids": ["1"]}, "user_ids.0 is '1': it should be a valid integer"),
        ({"user_ids": [1], "n": 1.5}, "n is 1.5: it should be a valid integer"),
        ({"user_ids": [1], "seen": True}, "'seen' is not known here; known: user_ids, n, genre, exclude_seen"),
        ([], "The body is []: it should be a valid dictionary or instance of BatchRequest"),
    ],
)
def test_a_bad_batch_is_refused(client, body, message):
    assert error_of(client.post("/v1/recommendations/batch", json=body)) == (422, "invalid", message)


def test_somebody_who_likes_an_item_gets_others(client):
    answer = client.post("/v1/recommendations/anonymous", json={"liked": [20, 99, 20], "n": 2}).json()
    assert (answer["reason"], answer["liked"], answer["unknown"]) == ("fold_in", [20], [99])
    # Y'Y = [[14, -1], [-1, 3]]; with y = (0, 1) and alpha 1: (Y'Y + y y' + 0.1 I) x = 2 y
    left = np.array([[14.1, -1], [-1, 4.1]])
    vector = np.linalg.solve(left, [0, 2])
    scores = {10: 3 * vector[0], 30: vector.sum(), 40: 2 * vector[0] - vector[1]}
    expected = sorted(scores, key=scores.get, reverse=True)[:2]
    assert [each["item_id"] for each in answer["items"]] == expected
    assert [each["score"] for each in answer["items"]] == pytest.approx([scores[each] for each in expected], rel=1e-6)


def test_somebody_who_likes_only_what_the_model_does_not_know_gets_what_is_popular(client):
    answer = client.post("/v1/recommendations/anonymous", json={"liked": [99], "n": 1, "genre": "ACTION"}).json()
    assert answer == {
        "model_version": VERSION,
        "reason": "unknown_items",
        "genre": "Action",
        "liked": [],
        "unknown": [99],
        "items": [
            {
                "rank": 1,
                "item_id": 10,
                "title": "Matrix, The (1999)",
                "genres": ["Action", "Comedy"],
                "score": 5,
                "seen": False,
            }
        ],
    }


def test_a_user_who_has_seen_everything_gets_nothing(tmp_path):
    arrays = small_arrays()
    everything = {
        BundleFile.SEEN_ITEMS: np.array([0, 1, 2, 3], dtype=np.int32),
        BundleFile.SEEN_OFFSETS: np.array([0, 4, 4, 4]),
    }
    write_small(tmp_path / "bundles" / VERSION, {**arrays, **everything})
    with running(settings_for(tmp_path)) as (client, _):
        answer = client.get("/v1/users/1/recommendations").json()
    assert (answer["reason"], answer["items"]) == ("personal", [])


def test_nothing_is_recommended_before_a_bundle_is_there(tmp_path):
    with running(settings_for(tmp_path, bundle=""), ready=False) as (client, _):
        answer = client.get("/v1/users/1/recommendations")
    assert error_of(answer) == (503, "not_loaded", "No bundle is loaded: none was asked for")
    assert answer.headers["retry-after"] == "4"
