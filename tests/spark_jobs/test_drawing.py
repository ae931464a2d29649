import pytest

from penstock.tree import Tree, TreeNode
from spark_jobs.drawing import Names, draw
from spark_jobs.features import Features
from tests.spark_jobs.recipes import EARNED, INCOME, ROOT, fitted, people, write

FEATURES = Features(column="features", size=2, names={0: "age", 1: "country"}, categories={1: ["AA", "BB", "CC"]})
NAMES = Names(features=FEATURES, classes=["poor", "rich"])


def node(number, stats, *, split=(-1, [], -1), children=(-1, -1), gain=-1.0):
    return {
        "id": number,
        "prediction": float(stats[1] > stats[0]),
        "impurity": 0.25,
        "impurityStats": stats,
        "rawCount": int(sum(stats)),
        "gain": gain,
        "leftChild": children[0],
        "rightChild": children[1],
        "split": dict(zip(("featureIndex", "leftCategoriesOrThreshold", "numCategories"), split, strict=True)),
    }


ROOT_NODE = node(0, [6.0, 2.0], split=(1, [0.0, 2.0], 3), children=(1, 2), gain=0.1)
INNER = node(1, [5.0, 1.0], split=(0, [41.5], -1), children=(3, 4), gain=0.05)
NODES = [ROOT_NODE, INNER, node(2, [1.0, 1.0]), node(3, [5.0, 0.0]), node(4, [0.0, 1.0])]


def test_names_shares_and_children():
    tree = draw(NODES, NAMES, estimator="DecisionTreeClassifier")
    assert (tree.depth, tree.shown_depth, tree.total, tree.classes) == (2, 2, 5, ["poor", "rich"])
    assert tree.nodes[0] == TreeNode(
        number=0,
        rows=8,
        share=1.0,
        impurity=0.25,
        prediction="poor",
        probabilities=[0.75, 0.25],
        feature="country",
        split="in {AA, CC}",
        gain=0.1,
        left=1,
        right=2,
    )
    assert [(each.number, each.feature, each.split, each.left, each.right) for each in tree.nodes[1:3]] == [
        (1, "age", "<= 41.5", 3, 4),
        (2, "", "", None, None),
    ]
    assert (tree.nodes[4].prediction, tree.nodes[4].share, tree.nodes[4].gain) == ("rich", 0.125, None)


def test_a_large_tree_keeps_its_upper_levels_and_says_what_is_hidden():
    tree = draw(NODES, NAMES, estimator="DecisionTreeClassifier", most=1_500)
    assert (tree.depth, tree.shown_depth, tree.total, len(tree.nodes)) == (2, 1, 5, 3)
    assert [(each.hidden, each.left) for each in tree.nodes] == [(0, 1), (2, None), (0, None)]
    assert tree.nodes[1].feature == "age"
    root = draw(NODES, NAMES, estimator="DecisionTreeClassifier", most=10)
    assert [each.hidden for each in root.nodes] == [4]


@pytest.mark.parametrize("name", ["classes", "numbers"])
def test_the_saved_tree_is_drawn(spark, bucket, name):
    uri = write(spark, people(), name=f"drawn_{name}")
    recipe = INCOME if name == "classes" else {**EARNED, "estimator": {"name": "DecisionTreeRegressor"}}
    fitted(spark, uri, recipe, tree_uri=f"{ROOT}/drawn_{name}/tree.txt")
    file = bucket / f"fit/drawn_{name}/tree.json"
    tree = Tree.from_json(file.read_text(), str(file))
    root, leaves = tree.nodes[0], [each for each in tree.nodes if each.left is None]
    assert (root.rows, root.share, len(tree.nodes)) == (96, 1.0, tree.total)
    assert sum(each.rows for each in leaves) == 96
    assert sum(each.share for each in leaves) == pytest.approx(1.0)
    assert {each.feature for each in tree.nodes if each.left is not None} <= {"age", "country_index"}
    if name == "classes":
        assert tree.estimator == "DecisionTreeClassifier"
        assert root.probabilities == pytest.approx([33 / 96, 63 / 96])
    else:
        assert (tree.classes, root.probabilities) == ([], [])
        assert float(root.prediction) > 0
