"""A run's document, with every document of its jobs inside."""

from dataclasses import replace

from penstock.documents import Check, Verdict
from penstock.run_report import ModelRecord, RunReport, TaskTiming
from penstock.tree import Tree, TreeNode

LEAF = TreeNode(number=0, rows=2, share=1.0, impurity=0.5, prediction="yes", probabilities=[0.5, 0.5])
TREE = Tree(estimator="DecisionTreeClassifier", classes=["no", "yes"], depth=0, shown_depth=0, total=1, nodes=[LEAF])
VERDICT = Verdict(mode="enabled", approved=False, promote=False, checks=[Check(passed=False, sentence="no")])
REPORT = RunReport(
    dag_id="dag",
    run_id="run",
    run_uri="s3://bucket/runs/dag/run",
    state="failed",
    started="2026-11-21T10:00:00+00:00",
    seconds=12.5,
    params={"seed": 42, "names": ["a"], "none": None},
    conf={},
    tasks=[
        TaskTiming(task_id="clean", state="failed", seconds=1.5, began=0.5, tries=2),
        TaskTiming(task_id="fit", state="upstream_failed", seconds=None),
    ],
    models={"m": ModelRecord(verdict=VERDICT, tree=TREE)},
    missing=["No data report."],
)


def test_it_comes_back_with_all_that_is_inside() -> None:
    assert RunReport.from_json(REPORT.to_json(), "here") == REPORT
    empty = replace(REPORT, tasks=[], models={"m": ModelRecord()}, missing=[])
    assert RunReport.from_json(empty.to_json(), "here") == empty


def test_only_what_failed_itself_is_a_failure() -> None:
    assert REPORT.failures == ["clean"]
