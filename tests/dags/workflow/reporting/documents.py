"""Documents of runs, as their jobs write them: made of the documents' own classes, with plausible values."""

import math
import random
from dataclasses import replace

from penstock.assessment import (
    Assessment,
    CalibrationBin,
    ClassMetrics,
    Cluster,
    ConfusionMatrix,
    Curve,
    Judgement,
    Segment,
    ThresholdPoint,
    Topic,
)
from penstock.checks import ChecksReport, ColumnProfile, Drift, Outcome
from penstock.cost import Cost, CostEstimate, CostLine
from penstock.documents import (
    Candidate,
    Check,
    Column,
    DataReport,
    Evaluation,
    HeldOut,
    Repeats,
    RowCounts,
    Table,
    TrainingReport,
    Verdict,
)
from penstock.estimate import Estimate
from penstock.fitting import FeatureWeight, FitReport, Trial
from penstock.run_report import ModelRecord, RunReport, TaskTiming
from penstock.scoring import SampleUser, ScoreReport
from penstock.spark_stages import SparkStages, StageSummary
from penstock.tree import Tree, TreeNode

RUN = "s3://bucket/prefix/runs/income_classifier/manual__2026-11-21"
INCOME = Table(name="adult", uri=f"{RUN}/clean/adult", columns=[Column(name="age", type="int")], rows=48_790)

DATA = DataReport(
    sources={
        "train": RowCounts(read=32_562, good=32_537, quarantined=1, superseded=24),
        "test": RowCounts(read=16_282, good=16_253, quarantined=24, superseded=5),
    },
    quarantined_by_reason={"15 values expected": 1, "unknown income": 24},
    tables=[INCOME],
    quarantine_uri=f"{RUN}/quarantine",
    repeats=Repeats(duplicates={"train": 24, "test": 5}, test_rows_in_train=23),
    fingerprint="9a1c",
    code_sha="c0ffee0123456789",
)
CHECKS = ChecksReport(
    table=INCOME,
    read=48_795,
    quarantined=5,
    quarantine_uri=f"{RUN}/checked/quarantine",
    outcomes=[
        Outcome(name="adult", expression="age BETWEEN 16 AND 100", action="quarantine", violations=5),
        Outcome(name="known_income", expression="income IN ('<=50K', '>50K')", action="fail", violations=0),
    ],
    profile=[ColumnProfile(name="age", type="int", rows=32_537, nulls=0, edges=[22.0], counts=[5_000, 27_537])],
    reference_uri="s3://bucket/prefix/models/income_classifier/1/checks.json",
    schema_changes=["column `education_num` came since the champion was trained"],
    drift=[
        Drift(column="hours_per_week", psi=0.2731, worst_bin="[40, 45): 47.0 % now, 31.0 % then"),
        Drift(column="age", psi=0.1204, worst_bin="[28, 33): 14.1 % now, 9.9 % then"),
        Drift(column="workclass", psi=0.0021, worst_bin="Private: 69.7 % now, 69.4 % then"),
    ],
    warnings=["hours_per_week has drifted: 0.2731 is more than 0.1"],
    failures=[],
    seconds=31.5,
    code_sha="c0ffee0123456789",
)


def binormal(separation: float, points: int = 100) -> Curve:
    """The ROC curve of two normal distributions so many standard deviations apart."""
    cuts = [4 + separation - each * (8 + separation) / points for each in range(points + 1)]
    tail = [[0.5 * math.erfc((cut - mean) / math.sqrt(2)) for cut in cuts] for mean in (0.0, separation)]
    return Curve(x=[0.0, *tail[0], 1.0], y=[0.0, *tail[1], 1.0])


def swept(separation: float, positives: float = 0.24) -> list[ThresholdPoint]:
    """The same two distributions, seen through a logistic link at 19 thresholds."""
    found = []
    for place in range(1, 20):
        threshold = place / 20
        cut = (
            separation / 2
            + (math.log(threshold / (1 - threshold)) + math.log((1 - positives) / positives)) / separation
        )
        false, true = (0.5 * math.erfc((cut - mean) / math.sqrt(2)) for mean in (0.0, separation))
        said = positives * true + (1 - positives) * false
        precision = positives * true / said
        found.append(
            ThresholdPoint(
                threshold=threshold,
                precision=precision,
                recall=true,
                f1=2 * precision * true / (precision + true),
                accuracy=positives * true + (1 - positives) * (1 - false),
                cost=5 * positives * (1 - true) + (1 - positives) * false,
            )
        )
    return found


def around(value: float, half: float) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half)


def judged(shift: float = 0.0) -> Judgement:
    """A binary model; `shift` makes it better or worse."""
    roc = binormal(1.86 + 4 * shift)
    positives = 0.2362
    recall = roc.y[1:-1]
    precision = [
        positives * t / (positives * t + (1 - positives) * f) for f, t in zip(roc.x[1:-1], recall, strict=True)
    ]
    return Judgement(
        metrics={
            "roc_auc": around(0.9057 + shift, 0.0049),
            "pr_auc": around(0.7712 + shift, 0.0117),
            "log_loss": around(0.3077 - shift, 0.0071),
            "accuracy": around(0.8603 + shift, 0.0052),
            "f1": around(0.6724 + shift, 0.0126),
            "precision": around(0.7705 + shift, 0.0142),
            "recall": around(0.5965 + shift, 0.0152),
            "brier": around(0.0976 - shift, 0.0026),
        },
        threshold=0.3,
        confusion=ConfusionMatrix(labels=["<=50K", ">50K"], counts=[[11_735, 680], [1_551, 2_287]]),
        classes=[
            ClassMetrics(label="<=50K", rows=12_415, precision=0.883, recall=0.945, f1=0.913),
            ClassMetrics(label=">50K", rows=3_838, precision=0.771, recall=0.596, f1=0.672),
        ],
        roc=roc,
        precision_recall=Curve(x=recall, y=precision),
        calibration=[
            CalibrationBin(rows=1_625, predicted=place / 10 + 0.05, observed=(place / 10 + 0.05) ** 1.1)
            for place in range(10)
        ],
        sweep=swept(1.86 + 4 * shift),
        segments=[
            _segment("sex", "Male", 10_842, 0.61, 0.83, 0.012),
            _segment("sex", "Female", 5_411, 0.52, 0.92, 0.021),
            _segment("race", "White", 13_927, 0.60, 0.855, 0.012),
            _segment("race", "Black", 1_560, 0.55, 0.908, 0.045),
            _segment("race", "Asian-Pac-Islander", 480, 0.64, 0.84, 0.06),
            _segment("race", "(other)", 286, 0.50, 0.91, 0.11),
        ],
    )


def _segment(column: str, value: str, rows: int, *measured: float) -> Segment:
    recall, accuracy, half = measured
    metrics = {"recall": around(recall, half), "accuracy": around(accuracy, half / 2)}
    return Segment(column=column, value=value, rows=rows, metrics=metrics)


FIT = FitReport(
    problem="binary",
    estimator="GBTClassifier",
    recipe={"estimator": "GBTClassifier"},
    recipe_fingerprint="aa11",
    model_uri=f"{RUN}/model/income_classifier",
    model_bytes=1_482_113,
    metric="roc_auc",
    higher_is_better=True,
    validation="3 folds, seed 42",
    candidates=[
        Trial(params={"maxDepth": depth, "stepSize": step}, metric=value, std=std, folds=[])
        for depth, step, value, std in (
            (3, 0.1, 0.9008, 0.0021),
            (3, 0.2, 0.9061, 0.0019),
            (5, 0.1, 0.9102, 0.0024),
            (5, 0.2, 0.9127, 0.0017),
        )
    ],
    best={"maxDepth": 5, "stepSize": 0.2},
    params={"maxDepth": 5, "stepSize": 0.2, "maxIter": 60, "subsamplingRate": 0.8},
    holdout="column: part",
    train_rows=32_537,
    fitted_rows=32_537,
    test_rows=16_253,
    classes={"<=50K": 24_698, ">50K": 7_839},
    features=104,
    threshold=0.3,
    threshold_cost=0.4012,
    feature_names=["age"],
    weights=[
        FeatureWeight(name=name, value=value)
        for name, value in (
            ("marital_status=Married-civ-spouse", 0.231),
            ("capital_gain", 0.192),
            ("education_num", 0.164),
            ("age", 0.113),
            ("hours_per_week", 0.081),
            ("capital_loss", 0.062),
            ("occupation=Exec-managerial", 0.031),
            ("relationship=Not-in-family", 0.022),
        )
    ],
    weights_are="importances",
    tree_uri="",
    iterations=60,
    seed=42,
    seconds=212.4,
    fingerprint="9a1c",
    code_sha="c0ffee0123456789",
)
ASSESSMENT = Assessment(
    problem="binary",
    estimator="GBTClassifier",
    recipe_fingerprint="aa11",
    model_uri=FIT.model_uri,
    champion_model_uri="s3://bucket/prefix/models/income_classifier/1",
    champion_problem="",
    holdout="column: part",
    rows=16_253,
    judged_rows=16_253,
    fingerprint="77",
    resamples=200,
    confidence=0.95,
    challenger=judged(),
    champion=judged(-0.02),
    baselines={
        "most_frequent": {"accuracy": around(0.7639, 0.0061), "f1": Estimate(value=None)},
        "prior": {"log_loss": around(0.5464, 0.0055), "roc_auc": Estimate(value=0.5)},
    },
    gains={
        "roc_auc": around(0.02, 0.004),
        "accuracy": around(0.003, 0.004),
        "log_loss": around(-0.02, 0.003),
        "recall": around(-0.02, 0.01),
    },
    seconds=48.2,
    code_sha="c0ffee0123456789",
)
VERDICT = Verdict(
    mode="enabled",
    approved=True,
    promote=True,
    checks=[
        Check(passed=True, sentence="accuracy 0.8603 meets the bound 0.8500"),
        Check(passed=True, sentence="accuracy 0.8603 beats the most_frequent baseline 0.7639"),
    ],
)
REJECTED = Verdict(
    mode="enabled",
    approved=False,
    promote=False,
    checks=[
        Check(passed=True, sentence="rmse 0.8800 meets the bound 1.0000"),
        Check(passed=False, sentence="rmse 0.8800 against the champion's 0.8700: -1.15%, needs +0.00%"),
    ],
)
TRAINING = TrainingReport(
    objective="rating",
    algorithm="als",
    model_uri=f"{RUN}/model/movies",
    metric="rmse",
    candidates=[
        Candidate(params={"rank": 10.0, "regParam": 0.1}, metric=0.881),
        Candidate(params={"rank": 10.0, "regParam": 0.15}, metric=0.884),
    ],
    best={"rank": 10.0, "regParam": 0.1},
    split="random: test 0.2, validation 0.1 of the rest, seed 42",
    train_rows=72_500,
    validation_rows=8_100,
    test_rows=20_236,
    users=610,
    items=8_900,
    seed=42,
    seconds=38.9,
    fingerprint="f",
    code_sha="c0ffee0123456789",
)
EVALUATION = Evaluation(
    objective="rating",
    model_uri=f"{RUN}/model/movies",
    split=TRAINING.split,
    k=10,
    relevance_threshold=0.0,
    held_out=HeldOut(rows=20_236, cold_start_rows=801, users=608, fingerprint="g"),
    challenger={"rmse": 0.88, "mae": 0.67, "ndcg_at_k": 0.0021, "coverage": None},
    champion={"rmse": 0.87, "mae": 0.66, "ndcg_at_k": 0.0019},
    champion_model_uri="s3://bucket/prefix/models/movies/3",
    baselines={"global_mean": {"rmse": 1.042, "mae": 0.82}, "popularity": {"ndcg_at_k": 0.14}},
    intervals={"rmse": around(0.88, 0.01), "mae": around(0.67, 0.007)},
    gains={"rmse": around(0.01, 0.002)},
    fit_for=["rating"],
    seconds=22.0,
    code_sha="c0ffee0123456789",
)
SCRIPT = "<script>alert('film')</script> & Sons (1999)"
SCORES = ScoreReport(
    model_uri=EVALUATION.model_uri,
    table=Table(name="scores", uri=f"{RUN}/scores/movies", columns=[], rows=6_100),
    k=10,
    seen_items="exclude",
    users=610,
    users_with_fewer=0,
    users_without_scores=1,
    items_without_factors=12,
    samples=[
        SampleUser(
            user_id=414,
            ratings=2_698,
            liked=["Pulp Fiction (1994)", "Amélie (2001)"],
            recommended=[SCRIPT, "七人の侍 (1954)", "Dr. Strangelove or: How I Learned to Stop Worrying (1964)"],
        )
    ],
    seconds=9.4,
    code_sha="c0ffee0123456789",
)
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
REPORT = RunReport(
    dag_id="income_classifier",
    run_id="manual__2026-11-21T10:00:00+00:00",
    run_uri=RUN,
    state="success",
    started="2026-11-21T10:00:00+00:00",
    seconds=613.2,
    params={"raw_uri": "s3://bucket/prefix/raw/adult", "gate_mode": "enabled", "max_bad_ratio": 0.05},
    conf={"gate_mode": "enabled"},
    tasks=TASKS,
    data=DATA,
    checks=CHECKS,
    cost=COST,
    cost_estimate=ESTIMATE,
    spark={"metrics/income_classifier/fit": STAGES},
    models={
        "income_classifier": ModelRecord(
            fit=FIT, assessment=ASSESSMENT, verdict=VERDICT, tree=TREE, tree_text="If (marital_status in {...})"
        ),
        "movies": ModelRecord(training=TRAINING, evaluation=EVALUATION, verdict=REJECTED, scores=SCORES),
    },
)
FAILED = RunReport(
    dag_id="income_classifier",
    run_id="manual__2",
    run_uri=RUN,
    state="failed",
    started="",
    seconds=47.5,
    params={},
    conf={},
    tasks=[
        TaskTiming(task_id="wait_for_data", state="success", seconds=1.2, began=0.4, tries=1),
        TaskTiming(task_id="clean_adult", state="failed", seconds=44.0, began=2.0, tries=2),
        TaskTiming(task_id="income_classifier.fit_model", state="upstream_failed", seconds=None),
    ],
    models={"income_classifier": ModelRecord()},
    missing=[
        "No data report: nothing was read, or the first job did not get to its end.",
        "income_classifier: no report of a training, so no model was fitted.",
    ],
)


def unlabelled() -> RunReport:
    """A run of two models without labels: clusters and topics."""
    chance = random.Random(1)
    columns = ["age", "income", "visits_per_month", "days_since_purchase"]
    clusters = [
        Cluster(number=n, rows=rows, means={name: chance.gauss(10, 4) for name in columns})
        for n, rows in enumerate([4_200, 1_800, 950, 120])
    ]
    topics = [
        Topic(number=n, share=share, terms=[FeatureWeight(name=name, value=0.1) for name in terms.split()])
        for n, (share, terms) in enumerate(
            [
                (0.45, "space ship alien war planet"),
                (0.35, "love wedding paris friends"),
                (0.2, "murder detective night"),
            ]
        )
    ]
    plain = replace(
        ASSESSMENT,
        champion=None,
        champion_model_uri="",
        gains={},
        baselines={"one_cluster": {"silhouette": Estimate(value=0.0)}},
    )
    segmented = Judgement(metrics={"silhouette": around(0.52, 0.03)}, clusters=clusters)
    worded = Judgement(metrics={"log_perplexity": around(7.1, 0.05)}, topics=topics)
    fit = replace(FIT, candidates=[], weights=[], weights_are="", classes={}, threshold=None, iterations=None)
    return replace(
        REPORT,
        models={
            "customer_segments": ModelRecord(
                fit=fit, assessment=replace(plain, problem="clustering", challenger=segmented), verdict=VERDICT
            ),
            "topics": ModelRecord(
                fit=fit, assessment=replace(plain, problem="topics", challenger=worded, baselines={}), verdict=VERDICT
            ),
        },
    )
