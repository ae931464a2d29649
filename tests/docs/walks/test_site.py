"""The site that `make docs` has made needs nothing but itself."""

import re

from tools.settings import REPOSITORY

SITE = REPOSITORY / "build" / "docs"
LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(https?:)?//|<link\b(?![^>]*canonical)[^>]*\bhref=\"(https?:)?//"
)


def test_no_page_loads_anything_from_elsewhere() -> None:
    pages = list(SITE.rglob("*.html"))
    assert len(pages) > 40
    assert [page.name for page in pages if LOADED.search(page.read_text(encoding="utf-8"))] == []


def test_no_style_loads_anything_from_elsewhere() -> None:
    styles = list((SITE / "_static").rglob("*.css"))
    assert styles
    asked = {
        each.name: re.findall(r"(?:@import|url\()\s*[\"']?https?://\S+", each.read_text(encoding="utf-8"))
        for each in styles
    }
    assert {name: found for name, found in asked.items() if found} == {}


def test_every_page_can_be_searched() -> None:
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    for name in ("tutorials/first-workflow", "reference/specs", "troubleshooting", "workflows/topics"):
        assert f'"{name}"' in index


def test_diagrams_are_drawn_by_a_script_of_the_site() -> None:
    page = (SITE / "explanation/architecture.html").read_text(encoding="utf-8")
    assert '<pre class="mermaid">' in page
    for name in re.findall(r'src="\.\./(_static/(?:mermaid\.tiny|draw)\.js)', page):
        assert (SITE / name).stat().st_size > 500
    assert len(re.findall(r"_static/(?:mermaid\.tiny|draw)\.js", page)) == 2
