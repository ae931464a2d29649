"""The question that a reviewer is asked, and what becomes of the answer; the waiting itself is Airflow's."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG

from penstock.approval import Approval
from penstock.documents import Check, Verdict
from tests.dags.workflow.documents import EVALUATION, TRAINING
from workflow.evidence import of_recommender
from workflow.operators.approval import ModelApprovalOperator, answer, question
from workflow.storage import read_document, read_evidence, write_document

ANSWERED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VERDICT = Verdict(
    mode="approval",
    approved=True,
    promote=True,
    checks=[Check(passed=True, sentence="ndcg_at_k 0.3000 beats the popularity baseline 0.1800")],
)


def test_the_question_shows_the_metrics_side_by_side_and_every_check() -> None:
    assert question(of_recommender(TRAINING, EVALUATION), VERDICT).split("\n") == [
        "als, s3://bucket/new",
        "",
        "| metric | challenger | champion | popularity |",
        "|---|---|---|---|",
        "| ndcg_at_k | 0.3000 | 0.2500 | 0.1800 |",
        "| rmse |  |  |  |",
        "",
        "- passed: ndcg_at_k 0.3000 beats the popularity baseline 0.1800",
        "",
        "The whole report is the tab *Report* of this run.",
    ]


def test_without_a_champion_there_is_no_column_for_it() -> None:
    first = of_recommender(TRAINING, replace(EVALUATION, champion=None))
    assert "| metric | challenger | popularity |" in question(first, VERDICT).split("\n")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {
                "chosen_options": ["Approve"],
                "params_input": {"note": "looks right"},
                "responded_by_user": {"id": "7", "name": "ada"},
            },
            Approval(
                approved=True, reviewer="ada", note="looks right", answered_at="2026-01-02T03:04:05+00:00", version="v"
            ),
        ),
        (
            {"chosen_options": ["Reject"], "params_input": None, "responded_by_user": None},
            Approval(approved=False, reviewer="", note="", answered_at="2026-01-02T03:04:05+00:00", version="v"),
        ),
    ],
)
def test_the_answer_is_a_document(event: dict[str, Any], expected: Approval) -> None:
    assert answer({**event, "responded_at": ANSWERED}, ApprovalOperator.APPROVE, "v") == expected


def test_no_answer_in_time_means_no_and_asking_costs_a_day_at_most(dag: DAG) -> None:
    task = dag.get_task("movie_recommender.approve_model")
    assert isinstance(task, ModelApprovalOperator)
    assert task.defaults == ["Reject"]
    assert task.response_timeout is not None
    assert task.response_timeout.total_seconds() == 24 * 3600
    assert set(task.params) >= {"note"}


@pytest.mark.parametrize("mode", ["enabled", "dry_run", "disabled"])
def test_in_other_modes_nobody_is_asked(dag: DAG, mode: str) -> None:
    task: Any = dag.get_task("movie_recommender.approve_model").prepare_for_execution()
    task.mode = mode
    assert task.execute({}) is None


def test_the_answer_is_kept_before_it_takes_effect(dag: DAG, aws: dict[str, Any]) -> None:
    S3Hook(**aws).create_bucket("bucket")
    task: Any = dag.get_task("movie_recommender.approve_model").prepare_for_execution()
    task.aws = aws
    task.sources = {name: f"s3://bucket/{name}.json" for name in ("approval", "trained", "judged")}
    write_document(TRAINING, task.sources["trained"], aws)
    write_document(EVALUATION, task.sources["judged"], aws)
    event = {
        "chosen_options": ["Approve"],
        "params_input": {"note": ""},
        "responded_at": ANSWERED,
        "responded_by_user": {"id": "7", "name": "ada"},
    }
    task.execute_complete({}, event)
    kept = read_document(Approval, task.sources["approval"], aws)
    assert (kept.reviewer, kept.version) == (
        "ada",
        read_evidence(task.sources["trained"], task.sources["judged"], aws).version,
    )
