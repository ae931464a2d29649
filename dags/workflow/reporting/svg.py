"""matplotlib's SVG, made fit for a page: same input, same text; no ids that meet, no script, no font, no network."""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workflow.reporting.palette import DIM, GRID, INK, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as Canvas

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "penstock",
    "text.parse_math": False,  # a class that is called `$50K` is no formula
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": DIM,
    "axes.labelcolor": INK,
    "axes.titlesize": 12,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.8,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": DIM,
    "ytick.color": DIM,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "text.color": INK,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "legend.fontsize": 11,
}
POINTS = 72
WIDTH = 350.0
"""Of a chart in points: about the width of a phone, so that its letters keep their size there."""
_NAMESPACE = re.compile(r"\{[^}]*\}")
_NUMBER = re.compile(r"(\d+\.\d\d)\d+")
_REFERENCE = re.compile(r"#([\w-]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def picture(slug: str, label: str, draw: Callable[[Canvas], None], *, height: float, width: float = WIDTH) -> Markup:
    """Draw on a canvas of so many points; `slug` keeps its ids apart from other pictures', `label` says what it shows.

    Raises nothing for letters that no font has: the browser's fonts draw the text.
    """
    import matplotlib as mpl  # noqa: PLC0415 - too heavy for parsing a DAG
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        canvas = Canvas(figsize=(width / POINTS, height / POINTS), layout="constrained")
        draw(canvas)
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return inline(out.getvalue(), slug, label)


def clean(text: object, longest: int = 28) -> str:
    """A label as XML and a chart can carry it: no control characters, and no longer than it may be."""
    whole = _CONTROL.sub(" ", str(text))
    return whole if len(whole) <= longest else whole[: longest - 1].rstrip() + "…"


def inline(text: str, slug: str, label: str) -> Markup:
    """The drawing as an element of an HTML page."""
    root = ET.fromstring(text)  # noqa: S314 - matplotlib has just written it
    used = {name for each in root.iter() for value in each.attrib.values() for name in _REFERENCE.findall(value)}
    for each in root.iter():
        each.tag = _NAMESPACE.sub("", each.tag)
        each.attrib = {_NAMESPACE.sub("", name): value for name, value in each.attrib.items()}
        _rewrite(each.attrib, slug, used)
    _drop(root, {"metadata", "style"})
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib = {
        "viewBox": f"0 0 {width} {height}",
        "role": "img",
        "aria-label": _CONTROL.sub(" ", label),
        "style": f"--width: {float(width):.0f}px; max-width: {float(width) * 1.35:.0f}px",
    }
    return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=False))  # noqa: S704 - escaped by ET


def _rewrite(attributes: dict[str, str], slug: str, used: set[str]) -> None:
    if attributes.get("id") not in used:
        attributes.pop("id", None)
    painted = [name for name in ("fill", "stroke") if attributes.get(name) in VARIABLES]
    for name in painted:  # of a hatch; a variable is understood in a style only
        attributes["style"] = f"{attributes.get('style', '')};{name}: {attributes.pop(name)}".lstrip(";")
    for name, value in attributes.items():
        attributes[name] = _rewritten(name, value, slug)


def _rewritten(name: str, value: str, slug: str) -> str:
    if name == "id":
        return f"{slug}-{value}"
    if name == "href":
        return f"#{slug}-{value.removeprefix('#')}"
    if name == "style":
        for stand_in, variable in VARIABLES.items():
            value = value.replace(stand_in, f"var({variable})")
    else:
        value = _NUMBER.sub(r"\1", value)  # a hundredth of a point is not seen
    return value.replace("url(#", f"url(#{slug}-")


def _drop(element: ET.Element, tags: set[str]) -> None:
    for child in [*element]:
        if child.tag in tags:
            element.remove(child)
        else:
            _drop(child, tags)
