import pytest

from tests.serving.servers import VERSION, error_of

MATRIX = {"item_id": 10, "title": "Matrix, The (1999)", "genres": ["Action", "Comedy"]}
AMELIE = {"item_id": 20, "title": "Amélie (2001)", "genres": ["Comedy"]}
NIGHT = {"item_id": 40, "title": "Night of the Matrix (1970)", "genres": ["Action"]}


@pytest.mark.parametrize(("query", "users"), [("", [(1, 2), (5, 0)]), ("7", [(7, 1)]), ("8", []), ("x", [])])
def test_users_by_the_beginning_of_their_id(client, query, users):
    answer = client.get("/v1/users", params={"query": query, "n": 2}).json()
    assert answer == {
        "model_version": VERSION,
        "total": 3,
        "users": [{"user_id": user, "seen": seen} for user, seen in users],
    }


def test_a_history_begins_with_what_is_popular(client):
    answer = client.get("/v1/users/1/history").json()
    assert answer == {"user_id": 1, "model_version": VERSION, "total": 2, "items": [AMELIE, NIGHT]}
    assert client.get("/v1/users/1/history?n=1").json() == {**answer, "items": [AMELIE]}
    assert client.get("/v1/users/5/history").json() == {**answer, "user_id": 5, "total": 0, "items": []}


def test_the_history_of_nobody(client):
    expected = (404, "not_found", f"There is no user 2 in version {VERSION} of the model")
    assert error_of(client.get("/v1/users/2/history")) == expected


@pytest.mark.parametrize(
    ("query", "found"),
    [("matrix", [MATRIX, NIGHT]), ("the matrix", [MATRIX, NIGHT]), ("amelie", [AMELIE]), ("zzz", [])],
)
def test_items_by_title(client, query, found):
    answer = client.get("/v1/items", params={"query": query}).json()
    assert answer == {"model_version": VERSION, "total": 4, "items": found}


def test_the_most_popular_items_for_no_query(client):
    items = client.get("/v1/items?n=3").json()["items"]
    assert [each["item_id"] for each in items] == [20, 30, 10]


def test_similar_items_by_cosine_without_the_item_itself(client):
    answer = client.get("/v1/items/10/similar").json()
    assert {name: answer[name] for name in ("item_id", "model_version", "genre")} == {
        "item_id": 10,
        "model_version": VERSION,
        "genre": None,
    }
    scores = [(each["item_id"], each["score"], each["seen"]) for each in answer["items"]]
    assert [(item, seen) for item, _, seen in scores] == [(40, False), (30, False), (20, False)]
    assert [score for _, score, _ in scores] == pytest.approx([2 / 5**0.5, 1 / 2**0.5, 0], abs=1e-6)


def test_similar_items_of_a_genre(client):
    answer = client.get("/v1/items/30/similar?genre=comedy").json()
    assert (answer["genre"], [each["item_id"] for each in answer["items"]]) == ("Comedy", [10, 20])


def test_nothing_is_similar_to_an_item_that_is_not_there(client):
    expected = (404, "not_found", f"There is no item 11 in version {VERSION} of the model")
    assert error_of(client.get("/v1/items/11/similar")) == expected


def test_genres_with_the_number_of_their_items(client):
    expected = [{"name": "Action", "items": 2}, {"name": "Comedy", "items": 2}]
    assert client.get("/v1/genres").json() == {"model_version": VERSION, "genres": expected}


def test_a_query_that_is_too_long(client):
    status, code, message = error_of(client.get("/v1/items", params={"query": "x" * 201}))
    assert (status, code) == (422, "invalid")
    assert message == f"query is '{'x' * 80}': it should have at most 200 characters"
