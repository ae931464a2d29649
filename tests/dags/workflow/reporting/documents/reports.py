"""Whole runs."""

import random
from dataclasses import replace

from penstock.assessment import (
    Cluster,
    Judgement,
    Topic,
)
from penstock.estimate import Estimate
from penstock.fitting import FeatureWeight
from penstock.run_report import ModelRecord, RunReport, TaskTiming
from tests.dags.workflow.reporting.documents.data import CHECKS, DATA, RUN
from tests.dags.workflow.reporting.documents.effort import COST, ESTIMATE, STAGES, TASKS, TREE
from tests.dags.workflow.reporting.documents.judgements import ASSESSMENT, FIT, REJECTED, VERDICT, around
from tests.dags.workflow.reporting.documents.recommending import EVALUATION, SCORES, TRAINING

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
