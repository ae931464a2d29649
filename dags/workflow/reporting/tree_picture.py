"""A decision tree, drawn from the left: its first levels, for the rest there is its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import DIM, FIRST, FOURTH, INK, PAPER, SECOND, THIRD
from workflow.reporting.svg import clean, picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from penstock.tree import Tree, TreeNode

MOST_ENDS = 14
"""Nodes without drawn children: beyond, a level less is drawn."""
BOX, COLUMN, ROW = (196.0, 46.0), 250.0, 56.0
"""Width and height of a node, and the distances between nodes, in points."""
COLOURS = (FIRST, SECOND, THIRD, FOURTH)
"""Of the classes, in their order; others are grey."""
THICKEST = 12.0
"""Points of an edge that all rows take."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a node is drawn: its middle, in points from the upper left."""

    x: float
    y: float
    level: int
    opened: bool
    """Whether its children are drawn."""


def tree_figure(slug: str, tree: Tree | None) -> Figure | None:
    """The picture of a single tree; None for other models."""
    if not tree or not tree.nodes:
        return None
    nodes = {each.number: each for each in tree.nodes}
    levels = _levels(nodes)
    places = _places(nodes, levels)
    width = COLUMN * max(each.level for each in places.values()) + BOX[0] + 4
    height = max(each.y for each in places.values()) + BOX[1] / 2 + 4

    def draw(canvas: Canvas) -> None:
        canvas.set_layout_engine("none")
        axes = canvas.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        for number, place in places.items():
            if place.opened:
                _edges(axes, nodes, places, number)
        for number, place in places.items():
            _box(axes, tree, nodes[number], place)

    says = _says(tree, nodes[0], levels)
    return Figure(
        title="The tree",
        says=says,
        svg=picture(slug, f"Decision tree. {says}", draw, height=height, width=width),
        grid=_grid(tree, [nodes[each] for each in sorted(places)]),
        wide=True,
    )


def _levels(nodes: Mapping[int, TreeNode]) -> int:
    """How many levels below the root are drawn."""
    level, ends, opened = 0, [0], True
    while opened:
        wider = [below for each in ends for below in _children(nodes, each) or [each]]
        opened = len(wider) > len(ends) and len(wider) <= MOST_ENDS
        level, ends = (level + 1, wider) if opened else (level, ends)
    return level


def _places(nodes: Mapping[int, TreeNode], levels: int) -> dict[int, Place]:
    """Each end has a row of its own; a parent stands in the middle of its children."""
    found: dict[int, Place] = {}

    def put(number: int, level: int, row: int) -> int:
        below = _children(nodes, number) if level < levels else []
        after = row
        for each in below:
            after = put(each, level + 1, after)
        middle = sum(found[each].y for each in below) / len(below) if below else row * ROW + BOX[1] / 2 + 2
        found[number] = Place(x=level * COLUMN + BOX[0] / 2 + 2, y=middle, level=level, opened=bool(below))
        return after if below else row + 1

    put(0, 0, 0)
    return found


def _children(nodes: Mapping[int, TreeNode], number: int) -> list[int]:
    """Both children, if the document has them."""
    ends = [nodes[number].left, nodes[number].right]
    return [each for each in ends if each is not None and each in nodes]


def _edges(axes: Axes, nodes: Mapping[int, TreeNode], places: Mapping[int, Place], number: int) -> None:
    start = places[number]
    for answer, below in zip(("yes", "no"), _children(nodes, number), strict=False):
        end = places[below]
        x, y = (start.x + BOX[0] / 2, end.x - BOX[0] / 2), (start.y, end.y)
        axes.plot(x, y, color=DIM, alpha=0.45, linewidth=1 + THICKEST * nodes[below].share, solid_capstyle="butt")
        axes.text(sum(x) / 2, sum(y) / 2, answer, ha="center", va="center", fontsize=11, color=INK)


def _box(axes: Axes, tree: Tree, node: TreeNode, place: Place) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415 - too heavy for parsing a DAG

    corner = (place.x - BOX[0] / 2, place.y - BOX[1] / 2)
    for colour, alpha in ((PAPER, 1.0), (_colour(tree, node), _shade(tree, node))):
        box = FancyBboxPatch(corner, *BOX, boxstyle="round,pad=0,rounding_size=6", facecolor=colour, linewidth=0)
        box.set_alpha(alpha)
        axes.add_patch(box)
    asked = f"{node.feature} {node.split}" if place.opened else _answer(tree, node)
    below = "" if place.opened else _below(node)
    axes.text(place.x, place.y - 9, clean(asked, 30), ha="center", va="center", fontsize=11, fontweight="bold")
    rows = f"{words.plural(node.rows, 'row')}, {node.share:.1%}"
    second = f"{rows}{below}" if not place.opened else f"{_answer(tree, node)}, {node.share:.1%} of rows"
    axes.text(place.x, place.y + 11, clean(second, 34), ha="center", va="center", fontsize=10)


def _answer(tree: Tree, node: TreeNode) -> str:
    """What the model says here, and how sure it is."""
    sure = f" {max(node.probabilities):.0%}" if node.probabilities else ""
    return f"{clean(node.prediction, 18)}{sure}" if tree.classes else node.prediction


def _below(node: TreeNode) -> str:
    return ", more below" if node.hidden or node.left is not None else ""


def _colour(tree: Tree, node: TreeNode) -> str:
    place = tree.classes.index(node.prediction) if node.prediction in tree.classes else 0
    return COLOURS[place] if place < len(COLOURS) else DIM


def _shade(tree: Tree, node: TreeNode) -> float:
    """The surer, the fuller, up to a half; a regression's nodes are alike."""
    if not tree.classes or not node.probabilities:
        return 0.2
    even = 1 / len(tree.classes)
    above = (max(node.probabilities) - even) / (1 - even) if even < 1 else 1.0
    return round(0.1 + 0.4 * max(0.0, above), 3)


def _says(tree: Tree, root: TreeNode, levels: int) -> str:
    whole = f"{words.plural(tree.total, 'node')} on {words.plural(tree.depth, 'level')} below the root"
    drawn = "all are drawn" if levels >= tree.depth else f"the first {words.plural(levels, 'level')} are drawn"
    asked = f" It asks first whether {root.feature} {root.split}." if root.feature else ""
    return f"{whole}; {drawn}. The thicker a line, the more rows take it.{asked}"


def _grid(tree: Tree, nodes: list[TreeNode]) -> Grid:
    rows = [
        [
            str(each.number),
            f"{each.feature} {each.split}" if each.feature else "leaf",
            words.NONE if each.left is None else str(each.left),
            words.NONE if each.right is None else str(each.right),
            _answer(tree, each),
            f"{each.rows:,}",
            words.number(each.impurity),
            words.number(each.gain),
        ]
        for each in nodes
    ]
    header = ["node", "asks whether", "if yes", "if no", "says", "rows", "impurity", "gain"]
    return Grid(caption="Nodes of the drawn levels", header=header, rows=rows)
