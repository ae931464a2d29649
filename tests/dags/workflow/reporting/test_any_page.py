"""Every page: everybody can read it everywhere, and nothing of it runs or is loaded."""

import re
from itertools import pairwise

import pytest

from tests.dags.workflow.reporting.documents.reports import FAILED, REPORT, unlabelled
from tests.dags.workflow.reporting.reading import read
from workflow.reporting.page import render

REPORTS = {"full": lambda: REPORT, "failed": lambda: FAILED, "unlabelled": unlabelled}


@pytest.fixture(scope="module", params=list(REPORTS))
def any_page(request: pytest.FixtureRequest) -> str:
    return render(REPORTS[request.param]())


def test_nothing_is_loaded_and_nothing_runs(any_page: str) -> None:
    page = read(any_page)
    assert page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    for each in page.every():
        assert each.tag not in {"script", "link", "iframe", "object", "embed", "base", "form"}
        for name, value in each.attributes.items():
            assert not name.startswith("on"), f"{each.tag} has {name}"
            if name in {"href", "src", "xlink:href"}:
                assert value.startswith("#"), f"{each.tag} {name}={value}"
    assert not re.search(
        r"(https?:|@import|url\(\s*['\"]?(?!#))", re.sub(r"<pre.*?</pre>", "", any_page, flags=re.DOTALL)
    )
    assert len(any_page.encode()) < 1_000_000


def test_every_picture_says_what_it_shows_and_has_its_numbers(any_page: str) -> None:
    page = read(any_page)
    assert len(page.all("svg")) == len(page.all("figure")) > 0
    for figure in page.all("figure"):
        picture = figure.all("svg")[0]
        assert picture.attributes["role"] == "img"
        assert len(picture.attributes["aria-label"]) > 20
        assert figure.all("figcaption")[0].text
        assert figure.all("details")[0].all("tbody")[0].all("tr")
    assert not page.all("img")


def test_the_page_is_in_order(any_page: str) -> None:
    page = read(any_page)
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("meta", name="viewport")
    levels = [int(each.tag[1]) for each in page.every() if re.fullmatch(r"h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    ids = [each.attributes["id"] for each in page.every() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    targets = {each.attributes["href"][1:] for each in page.every() if "href" in each.attributes}
    assert targets | {each.attributes["aria-labelledby"] for each in page.all("section")} <= set(ids)
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    for each in page.all("table"):
        assert each.all("caption")[0].text
        assert all(head.attributes["scope"] in {"col", "row"} for head in each.all("th"))


def test_colours_are_the_style_sheets(any_page: str) -> None:
    pictures = "".join(re.findall(r"<svg.*?</svg>", any_page, flags=re.DOTALL))
    found = set(re.findall(r"(?:fill|stroke|stop-color): ?(#[0-9a-f]{6}|[a-z]+\b(?!\())", pictures))
    assert found <= {"none"}
