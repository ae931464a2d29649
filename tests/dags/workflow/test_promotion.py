"""The gate's task on documents in moto's S3."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.documents import Check, Evaluation, Verdict
from penstock.errors import DocumentError
from penstock.gate import Threshold
from tests.dags.workflow.documents import EVALUATION, TRAINING
from workflow.promotion import gate
from workflow.storage import read_document, write_document

EVALUATION_URI, VERDICT_URI = "s3://bucket/evaluation.json", "s3://bucket/verdict.json"
Gate = Callable[..., bool]


@pytest.fixture
def run_gate(aws: dict[str, Any]) -> Gate:
    S3Hook(**aws).create_bucket("bucket")

    def run(*, mode: str = "enabled", evaluation: Evaluation = EVALUATION, **threshold: Any) -> bool:
        write_document(evaluation, EVALUATION_URI, aws)
        return gate.function(
            evaluation_uri=EVALUATION_URI,
            verdict_uri=VERDICT_URI,
            mode=mode,
            thresholds=[asdict(Threshold(metric="ndcg_at_k", **threshold))],
            aws=aws,
        )

    return run


def test_a_better_model_passes_and_the_verdict_says_why(run_gate: Gate, aws: dict[str, Any]) -> None:
    assert run_gate()
    assert read_document(Verdict, VERDICT_URI, aws) == Verdict(
        mode="enabled",
        approved=True,
        promote=True,
        checks=[
            Check(passed=True, sentence="ndcg_at_k 0.3000 beats the popularity baseline 0.1800"),
            Check(passed=True, sentence="ndcg_at_k 0.3000 against the champion's 0.2500: +20.00%, needs +0.00%"),
        ],
    )


@pytest.mark.parametrize(("mode", "promoted"), [("enabled", False), ("dry_run", True), ("disabled", True)])
def test_the_mode_decides_about_a_worse_model(run_gate: Gate, mode: str, promoted: bool) -> None:
    worse = replace(EVALUATION, challenger={"ndcg_at_k": 0.2})
    assert run_gate(mode=mode, evaluation=worse) is promoted


def test_the_first_model_has_no_champion_to_beat(run_gate: Gate) -> None:
    assert run_gate(evaluation=replace(EVALUATION, champion=None, challenger={"ndcg_at_k": 0.2}))


def test_thresholds_travel_as_plain_values(run_gate: Gate) -> None:
    assert not run_gate(bound=0.31)
    assert run_gate(bound=0.3)


def test_a_retry_replaces_the_verdict(run_gate: Gate, aws: dict[str, Any]) -> None:
    run_gate()
    run_gate(bound=0.31)
    assert not read_document(Verdict, VERDICT_URI, aws).promote


def test_a_document_of_another_kind_is_refused(run_gate: Gate, aws: dict[str, Any]) -> None:
    write_document(TRAINING, EVALUATION_URI, aws)
    with pytest.raises(DocumentError, match=r"s3://bucket/evaluation\.json is a document of kind 'training_report'"):
        read_document(Evaluation, EVALUATION_URI, aws)
