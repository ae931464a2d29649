"""A tree as a document."""

from penstock.tree import Tree, TreeNode, tree_document_uri

TREE = Tree(
    estimator="DecisionTreeClassifier",
    classes=["poor", "rich"],
    depth=1,
    shown_depth=1,
    total=3,
    nodes=[
        TreeNode(
            number=0,
            rows=4,
            share=1.0,
            impurity=0.5,
            prediction="poor",
            probabilities=[0.5, 0.5],
            feature="age",
            split="<= 40",
            gain=0.5,
            left=1,
            right=2,
        ),
        TreeNode(number=1, rows=2, share=0.5, impurity=0.0, prediction="poor", probabilities=[1.0, 0.0]),
        TreeNode(number=2, rows=2, share=0.5, impurity=0.0, prediction="rich", probabilities=[0.0, 1.0]),
    ],
)


def test_it_comes_back_as_it_was() -> None:
    assert Tree.from_json(TREE.to_json(), "here") == TREE


def test_it_lies_beside_the_text() -> None:
    assert tree_document_uri("s3://b/model/tree.txt") == "s3://b/model/tree.json"
