"""The document of a single decision tree, to be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class TreeNode:
    """One node; its children are numbers of other nodes in the same list."""

    number: int
    """0 is the root."""
    rows: int
    """Training rows that come by."""
    share: float
    """Of their weight in the weight of all rows."""
    impurity: float
    prediction: str
    """The name of the class, or the number."""
    probabilities: list[float] = field(default_factory=list)
    """Shares of the classes in the weight of the rows here; empty for a regression."""
    feature: str = ""
    """What the rows are divided by; empty for a leaf."""
    split: str = ""
    """What holds for the rows that go left, such as `<= 5095.5` or `in {Peru, Cuba}`."""
    gain: float | None = None
    """What the split takes off the impurity."""
    left: int | None = None
    right: int | None = None
    hidden: int = 0
    """Nodes below that are left out of the document."""


@dataclass(frozen=True, kw_only=True)
class Tree(Document):
    """The tree level by level, from the root; of a large one its upper levels."""

    kind: ClassVar[str] = "tree"

    estimator: str
    classes: list[str]
    """In the order of the probabilities; empty for a regression."""
    depth: int
    """Levels below the root."""
    shown_depth: int
    """Those in this document."""
    total: int
    """Nodes of the whole tree."""
    nodes: list[TreeNode]


def tree_document_uri(tree_uri: str) -> str:
    """Where the document of the tree lies whose text is at `tree_uri`."""
    return f"{tree_uri.removesuffix('.txt')}.json"
