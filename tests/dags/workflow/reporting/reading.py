"""A page as a reader, a screen reader and a browser have it: well-formed, or an assertion says where not."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text below, with single blanks."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list["Element"]:
        """Every element below with this tag and these attributes."""
        found = []
        for child in self.children:
            if child.tag == tag and all(child.attributes.get(key) == value for key, value in attributes.items()):
                found.append(child)
            found += child.all(tag, **attributes)
        return found

    def every(self) -> list["Element"]:
        """Every element below."""
        return [each for child in self.children for each in (child, *child.every())]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for each in self.open:
            each.words.append(data)


def read(page: str) -> Element:
    """The page's elements; fails where tags do not match."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"not closed: {[each.tag for each in reader.open[1:]]}"
    return reader.root


def table(page: Element, caption: str) -> list[list[str]]:
    """The body of the table with this caption."""
    found = [each for each in page.all("table") if each.all("caption")[0].text == caption]
    assert found, f"no table {caption!r}; there are {sorted(each.all('caption')[0].text for each in page.all('table'))}"
    rows = found[0].all("tbody")[0].all("tr")
    return [[cell.text for cell in row.children] for row in rows]


def facts(page: Element) -> dict[str, str]:
    """Every term of a description list and its first description."""
    pairs = [each for listed in page.all("dl") for each in listed.children]
    found: dict[str, str] = {}
    for each in pairs:
        found.setdefault(each.all("dt")[0].text, each.all("dd")[0].text)
    return found
