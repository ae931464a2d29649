"""One item, as a page needs it that knows no more than an id."""

from tests.serving.bundles import TITLES
from tests.serving.servers import VERSION, error_of


def test_an_item_by_its_id(client):
    assert client.get("/v1/items/10").json() == {"item_id": 10, "title": TITLES[0], "genres": ["Action", "Comedy"]}


def test_an_item_without_genres(client):
    assert client.get("/v1/items/30").json() == {"item_id": 30, "title": "Item 30", "genres": []}


def test_an_item_that_is_not_there(client):
    expected = (404, "not_found", f"There is no item 11 in version {VERSION} of the model")
    assert error_of(client.get("/v1/items/11")) == expected


def test_an_id_that_is_none(client):
    status, code, _ = error_of(client.get("/v1/items/ten"))
    assert (status, code) == (422, "invalid")
