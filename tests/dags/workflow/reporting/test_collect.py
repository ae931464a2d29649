"""What is collected of a run that came so far and no farther, from moto's S3."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.approval import Approval
from penstock.layout import Run
from penstock.spark_stages import spark_stages_uri
from penstock.tree import tree_document_uri
from tests.dags.workflow.reporting.documents.data import CHECKS, DATA
from tests.dags.workflow.reporting.documents.effort import COST, ESTIMATE, STAGES, TREE
from tests.dags.workflow.reporting.documents.judgements import ASSESSMENT, FIT, VERDICT
from tests.dags.workflow.reporting.documents.recommending import EVALUATION, SCORES, TRAINING
from workflow.reporting.collect import collect
from workflow.storage import write_document

RUN = Run("s3://bucket/prefix/runs/dag/run")
APPROVAL = Approval(approved=True, reviewer="ada", note="", answered_at="2026-11-21T10:00:00Z")


@pytest.fixture
def s3(aws: dict[str, Any]) -> S3Hook:
    hook = S3Hook(**aws)
    hook.create_bucket("bucket")
    return hook


def put(s3: S3Hook, uri: str, text: str) -> None:
    s3.load_string(text, uri.removeprefix("s3://bucket/"), "bucket")


def test_everything(s3: S3Hook, aws: dict[str, Any]) -> None:
    documents = {
        RUN.data_report: DATA,
        RUN.checks_report: CHECKS,
        RUN.cost: COST,
        RUN.cost_estimate: ESTIMATE,
        RUN.fit_report("income"): FIT,
        RUN.assessment("income"): ASSESSMENT,
        RUN.verdict("income"): VERDICT,
        RUN.approval("income"): APPROVAL,
        RUN.training_report("movies"): TRAINING,
        RUN.evaluation("movies"): EVALUATION,
        RUN.score_report("movies"): SCORES,
        RUN.verdict("movies"): VERDICT,
        tree_document_uri(RUN.tree("income")): TREE,
        spark_stages_uri(RUN.fit_report("income")): STAGES,
        spark_stages_uri(RUN.score_report("movies")): STAGES,
    }
    for uri, document in documents.items():
        write_document(document, uri, aws)
    put(s3, RUN.tree("income"), "If (age <= 27.5)")
    found = collect(RUN, ["income", "movies"], aws)
    assert (found["data"], found["checks"], found["cost"], found["cost_estimate"]) == (DATA, CHECKS, COST, ESTIMATE)
    income, movies = found["models"]["income"], found["models"]["movies"]
    assert (income.fit, income.assessment, income.verdict, income.approval) == (FIT, ASSESSMENT, VERDICT, APPROVAL)
    assert income.tree == TREE
    assert found["spark"] == {"metrics/income/fit": STAGES, "report/scores-movies": STAGES}
    assert income.tree_text == "If (age <= 27.5)"
    assert (movies.training, movies.evaluation, movies.scores) == (TRAINING, EVALUATION, SCORES)
    assert (found["missing"], found["unreadable"]) == ([], [])


def test_a_run_that_left_nothing(s3: S3Hook, aws: dict[str, Any]) -> None:
    found = collect(RUN, ["income"], aws)
    assert found["missing"] == [
        "No data report: nothing was read, or the first job did not get to its end.",
        "income: no report of a training, so no model was fitted.",
        "income: no evaluation on held-out rows.",
        "income: no verdict of the gate.",
    ]
    assert (found["data"], found["spark"], found["unreadable"]) == (None, {}, [])


def test_what_cannot_be_read_is_told(s3: S3Hook, aws: dict[str, Any]) -> None:
    put(s3, RUN.data_report, "{")
    put(s3, RUN.verdict("income"), DATA.to_json())
    found = collect(RUN, ["income"], aws)
    assert found["data"] is None
    assert found["models"]["income"].verdict is None
    assert [each.partition(" ")[0] for each in found["unreadable"]] == [RUN.data_report, RUN.verdict("income")]


def test_a_run_whose_name_begins_alike_is_another(s3: S3Hook, aws: dict[str, Any]) -> None:
    other = Run(f"{RUN.uri}2")
    write_document(DATA, other.data_report, aws)
    write_document(STAGES, spark_stages_uri(other.data_report), aws)
    found = collect(RUN, [], aws)
    assert (found["data"], found["spark"]) == (None, {})
