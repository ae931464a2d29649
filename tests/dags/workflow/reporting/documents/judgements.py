"""Models of recipes: fitted, judged, decided on."""

import math

from penstock.assessment import (
    Assessment,
    CalibrationBin,
    ClassMetrics,
    ConfusionMatrix,
    Curve,
    Judgement,
    Segment,
    ThresholdPoint,
)
from penstock.documents import (
    Check,
    Verdict,
)
from penstock.estimate import Estimate
from penstock.fitting import FeatureWeight, FitReport, Trial
from tests.dags.workflow.reporting.documents.data import RUN


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
