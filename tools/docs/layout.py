"""The page of the layout: every S3 location, as `penstock/layout` gives it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from penstock.described import summary
from penstock.layout import Code, Layout, Run, Stream
from tools.docs.markdown import code, page, section, table

ROOT = "s3://root"
_Layout = Layout | Run | Stream | Code
HEAD = ("location", "what lies there", "in code")
INTRO = (
    "Every location that Penstock reads or writes, each written once, in `penstock/layout/`. `<root>` is the "
    "deployment's `root`. The name of a document leads to [its fields](documents.md)."
)


def layout_page() -> str:
    """Root, runs, streams and code."""
    layout = Layout(ROOT)
    parts: dict[str, _Layout] = {
        "Below the root": layout,
        "A run": layout.run("<dag_id>", "<run>"),
        "A stream": layout.stream("<dag_id>"),
        "The code bundle": layout.code("<sha>"),
    }
    return page(
        "Layout on S3", INTRO, *(section(name, table(HEAD, sorted(_rows(each)))) for name, each in parts.items())
    )


def _rows(layout: _Layout) -> Iterator[tuple[str, str, str]]:
    for name, member in inspect.getmembers_static(type(layout)):
        if name.startswith("_"):
            continue
        call = f"{type(layout).__name__}.{name}"
        if isinstance(member, property):
            found = getattr(layout, name)
        elif inspect.isfunction(member):
            wanted = list(inspect.signature(member).parameters.values())[1:]
            found = getattr(layout, name)(*(0 if each.annotation == "int" else f"<{each.name}>" for each in wanted))
            call = f"{call}({', '.join(each.name for each in wanted)})"
        else:
            continue
        if isinstance(found, str):
            yield code(found.replace(ROOT, "<root>").replace(f"{0:010d}", "<number>")), summary(member), code(call)
