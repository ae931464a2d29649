"""Which levels of a tree are drawn, and where."""

from dataclasses import replace

import pytest

from penstock.tree import Tree, TreeNode
from workflow.reporting.tree_picture import BOX, COLUMN, MOST_ENDS, ROW, _levels, _places, tree_figure
from workflow.reporting.words import NONE


def full(depth: int) -> Tree:
    """A complete tree of a regression; the children of n are 2n + 1 and 2n + 2."""
    total, inner = 2 ** (depth + 1) - 1, 2**depth - 1
    nodes = [
        TreeNode(
            number=each,
            rows=total - each,
            share=1.0,
            impurity=0.5,
            prediction="1.5",
            feature="age" if each < inner else "",
            split="<= 1.0" if each < inner else "",
            left=2 * each + 1 if each < inner else None,
            right=2 * each + 2 if each < inner else None,
        )
        for each in range(total)
    ]
    return Tree(estimator="DecisionTreeRegressor", classes=[], depth=depth, shown_depth=depth, total=total, nodes=nodes)


@pytest.mark.parametrize(("depth", "drawn"), [(0, 0), (1, 1), (3, 3), (4, 3), (8, 3)])
def test_as_many_levels_as_there_is_room_for(depth: int, drawn: int) -> None:
    assert 2**3 <= MOST_ENDS < 2**4
    assert _levels({each.number: each for each in full(depth).nodes}) == drawn


def test_a_parent_stands_in_the_middle_of_its_children() -> None:
    places = _places({each.number: each for each in full(2).nodes}, 2)
    assert [places[each].y - places[3].y for each in (3, 4, 5, 6)] == [0, ROW, 2 * ROW, 3 * ROW]
    assert [places[each].y - places[3].y for each in (1, 2, 0)] == [0.5 * ROW, 2.5 * ROW, 1.5 * ROW]
    assert [places[each].x - places[0].x for each in (1, 3)] == [COLUMN, 2 * COLUMN]
    assert BOX[1] < ROW
    assert BOX[0] < COLUMN


def test_a_tree_of_one_leaf_is_drawn() -> None:
    figure = tree_figure("t", full(0))
    assert figure
    assert figure.says == "1 node on 0 levels below the root; all are drawn. The thicker a line, the more rows take it."
    assert figure.grid.rows == [["0", "leaf", NONE, NONE, "1.5", "1", "0.5", NONE]]


def test_children_that_the_document_leaves_out_are_told_of() -> None:
    whole = full(1)
    root = replace(whole.nodes[0], hidden=2)
    figure = tree_figure("t", replace(whole, nodes=[root]))
    assert figure
    assert "3 rows, 100.0%, more below" in figure.svg


def test_no_tree_no_picture() -> None:
    assert tree_figure("t", None) is None
    assert tree_figure("t", replace(full(0), nodes=[])) is None
