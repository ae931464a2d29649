"""A single tree as a document with names instead of numbers, read from where its pipeline was saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyspark.ml.pipeline import PipelineSharedReadWrite

from penstock.tree import Tree, TreeNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from spark_jobs.features import Features

MOST_CHARACTERS = 1_000_000
"""Of the document: about 3,000 nodes."""
LEAF = -1
"""What MLlib writes for a child that is not there."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the numbers of a tree stand for."""

    features: Features
    classes: list[str]


def read_nodes(spark: SparkSession, model_uri: str, stages: list[Any], model: Any) -> list[Any]:
    """The rows of org.apache.spark.ml.tree.DecisionTreeModelReadWrite.NodeData, by their ids; 0 is the root.

    One read, where a walk through the JVM's nodes would be a dozen calls for each.
    """
    place = next(index for index, each in enumerate(stages) if each.uid == model.uid)
    folder = PipelineSharedReadWrite.getStagePath(model.uid, place, len(stages), f"{model_uri}/stages")
    return sorted(spark.read.parquet(f"{folder}/data").collect(), key=lambda row: row["id"])


def draw(nodes: list[Any], names: Names, *, estimator: str, most: int = MOST_CHARACTERS) -> Tree:
    """The document of as many upper levels as fit into `most` characters."""
    by_id = {row["id"]: row for row in nodes}
    levels = list(_levels(by_id))
    total = _weight(list(by_id[0]["impurityStats"]), names.classes)
    drawn = [[_node(row, names, total) for row in level] for level in levels]
    shown = len(levels)
    tree = _tree(drawn, names, estimator=estimator, total=len(nodes))
    while shown > 1 and len(tree.to_json()) > most:
        shown -= 1
        cut = _cut(drawn[:shown], levels, by_id)
        tree = replace(_tree(cut, names, estimator=estimator, total=len(nodes)), depth=len(levels) - 1)
    return tree


def _tree(levels: list[list[TreeNode]], names: Names, *, estimator: str, total: int) -> Tree:
    """Nodes numbered in the order of the list."""
    every = [node for level in levels for node in level]
    numbers = {node.number: number for number, node in enumerate(every)}
    nodes = [
        replace(
            node,
            number=numbers[node.number],
            left=None if node.left is None else numbers[node.left],
            right=None if node.right is None else numbers[node.right],
        )
        for node in every
    ]
    depth = len(levels) - 1
    return Tree(estimator=estimator, classes=names.classes, depth=depth, shown_depth=depth, total=total, nodes=nodes)


def _cut(drawn: list[list[TreeNode]], levels: list[list[Any]], by_id: dict[int, Any]) -> list[list[TreeNode]]:
    """Without children in the last level, but with how many nodes are below."""
    below = {row["id"]: _size(row, by_id) - 1 for row in levels[len(drawn) - 1]}
    last = [replace(node, left=None, right=None, hidden=below[node.number]) for node in drawn[-1]]
    return [*drawn[:-1], last]


def _levels(by_id: dict[int, Any]) -> Iterator[list[Any]]:
    level = [by_id[0]]
    while level:
        yield level
        level = [by_id[child] for row in level for child in (row["leftChild"], row["rightChild"]) if child != LEAF]


def _size(row: Any, by_id: dict[int, Any]) -> int:
    count, waiting = 0, [row]
    while waiting:
        each = waiting.pop()
        count += 1
        waiting += [by_id[child] for child in (each["leftChild"], each["rightChild"]) if child != LEAF]
    return count


def _weight(stats: list[float], classes: list[str]) -> float:
    """MLlib's statistics are a weight for each class, or of a regression the moments, of which the first is it."""
    return sum(stats) if classes else stats[0]


def _node(row: Any, names: Names, total: float) -> TreeNode:
    stats, classes = [float(each) for each in row["impurityStats"]], names.classes
    weight = _weight(stats, classes)
    inner = row["leftChild"] != LEAF
    return TreeNode(
        number=row["id"],
        rows=int(row["rawCount"]),
        share=weight / total,
        impurity=row["impurity"],
        prediction=classes[int(row["prediction"])] if classes else f"{row['prediction']:g}",
        probabilities=[each / weight for each in stats] if classes else [],
        feature=names.features.name(row["split"]["featureIndex"]) if inner else "",
        split=_split(row["split"], names.features) if inner else "",
        gain=row["gain"] if inner else None,
        left=row["leftChild"] if inner else None,
        right=row["rightChild"] if inner else None,
    )


def _split(split: Any, features: Features) -> str:
    """What holds on the left: at most a threshold, or one of some categories."""
    values = split["leftCategoriesOrThreshold"]
    if split["numCategories"] == LEAF:
        return f"<= {values[0]:.12g}"
    known = features.categories.get(split["featureIndex"], [])
    names = [known[int(each)] if int(each) < len(known) else f"{each:g}" for each in values]
    return f"in {{{', '.join(names)}}}"
