"""What a run took: money, stages of Spark, time; and a tree."""

from penstock.cost import Cost, CostEstimate, CostLine
from penstock.run_report import TaskTiming
from penstock.spark_stages import SparkStages, StageSummary
from penstock.tree import Tree, TreeNode

LINES = [
    CostLine(
        name="core",
        item="EC2 m7g.xlarge on demand",
        count=2,
        quantity=0.62,
        unit="instance hour",
        usd_per_unit=0.1632,
        usd=0.1012,
    ),
    CostLine(name="clean", item="Glue G.1X", count=1, quantity=0.08, unit="DPU hour", usd_per_unit=0.44, usd=0.0352),
    CostLine(name="core", item="EBS gp9", count=2, quantity=64.0, unit="GB month", usd_per_unit=None, usd=None),
]
PRICES = {
    "region": "eu-central-1",
    "lines": LINES,
    "unknown": ["EBS gp9"],
    "notes": ["Without S3 requests."],
    "prices_source": "the price list",
    "prices_date": "2026-11-01",
    "simulated": True,
}
COST = Cost(**PRICES, usd=0.1364, clusters=["j-1"], final=True)
ESTIMATE = CostEstimate(
    **{**PRICES, "notes": ["An upper bound."]},
    usd=1.9,
    usd_per_hour=0.63,
    hours=3.0,
    typical_hours=0.3,
    typical_usd=0.19,
)
TREE = Tree(
    estimator="DecisionTreeClassifier",
    classes=["<=50K", ">50K"],
    depth=7,
    shown_depth=3,
    total=61,
    nodes=[
        TreeNode(
            number=number,
            rows=rows,
            share=round(rows / 32_537, 4),
            impurity=0.3,
            prediction=">50K" if positive > 0.5 else "<=50K",
            probabilities=[1 - positive, positive],
            feature=feature,
            split=split,
            gain=0.05 if feature else None,
            left=left,
            right=left and left + 1,
            hidden=hidden,
        )
        for number, rows, positive, feature, split, left, hidden in (
            (0, 32_537, 0.241, "marital_status", "in {Married-civ-spouse, Married-AF-spouse}", 1, 0),
            (1, 14_984, 0.446, "education_num", "<= 12.5", 3, 0),
            (2, 17_553, 0.066, "capital_gain", "<= 7139.5", 5, 0),
            (3, 10_507, 0.335, "capital_gain", "<= 5095.5", 7, 0),
            (4, 4_477, 0.721, "capital_gain", "<= 5095.5", 9, 0),
            (5, 17_242, 0.050, "education_num", "<= 13.5", 11, 0),
            (6, 311, 0.965, "", "", None, 0),
            (7, 9_979, 0.300, "", "", None, 30),
            (8, 528, 0.980, "", "", None, 0),
            (9, 3_845, 0.680, "", "", None, 12),
            (10, 632, 0.990, "", "", None, 0),
            (11, 16_300, 0.038, "", "", None, 6),
            (12, 942, 0.260, "", "", None, 0),
        )
    ],
)
STAGES = SparkStages(
    jobs=212,
    stages=388,
    skipped_stages=131,
    failed_stages=0,
    summed_stages=257,
    tasks=1_402,
    failed_tasks=1,
    executor_run_seconds=311.4,
    executor_cpu_seconds=260.2,
    gc_seconds=4.1,
    input_bytes=4_200_000,
    shuffle_read_bytes=91_000_000,
    shuffle_write_bytes=91_000_000,
    spill_bytes=0,
    peak_heap_bytes=1_210_000_000,
    slowest=[
        StageSummary(
            number=number,
            name=name,
            status="COMPLETE",
            tasks=4,
            failed_tasks=failed,
            seconds=seconds,
            executor_seconds=seconds * 3,
            input_bytes=1_000_000,
            shuffle_read_bytes=0,
            shuffle_write_bytes=2_048,
            spill_bytes=0,
        )
        for number, name, seconds, failed in (
            (17, "collectAsMap at RandomForest.scala:663", 6.21, 0),
            (4, "count at DecisionTreeMetadata.scala:125", 2.4, 1),
            (88, "treeAggregate at Summarizer.scala:232", 0.83, 0),
        )
    ],
)
TASKS = [
    TaskTiming(task_id="wait_for_data", state="success", seconds=1.2, began=0.4, tries=1),
    TaskTiming(task_id="clean_adult", state="success", seconds=41.0, began=2.0, tries=1),
    TaskTiming(task_id="create_cluster", state="success", seconds=190.5, began=44.0, tries=2),
    TaskTiming(task_id="income_classifier.fit_model", state="success", seconds=240.9, began=235.2, tries=1),
    TaskTiming(task_id="income_classifier.assess_model", state="success", seconds=66.0, began=477.0, tries=1),
    TaskTiming(task_id="income_classifier.gate", state="success", seconds=1.1, began=544.0, tries=1),
    TaskTiming(task_id="income_classifier.promote_model", state="success", seconds=3.9, began=546.0, tries=1),
    TaskTiming(task_id="terminate_cluster", state="success", seconds=61.0, began=551.0, tries=1),
    TaskTiming(task_id="movies.promote_model", state="skipped", seconds=None),
]
