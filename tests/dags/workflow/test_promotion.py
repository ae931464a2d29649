"""The gate's task on documents in moto's S3."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.documents import Check, Evaluation, Verdict
from penstock.errors import DataError, DocumentError
from penstock.gate import Threshold
from tests.dags.workflow.documents import EVALUATION, TRAINING, registration
from workflow.champions import judgeable
from workflow.gating import decide
from workflow.promotion import announcement
from workflow.recommender.flow import split_of
from workflow.registry import Champion
from workflow.storage import copy_folder, read_document, read_evidence, write_document

TRAINING_URI, EVALUATION_URI = "s3://bucket/training.json", "s3://bucket/evaluation.json"
VERDICT_URI = "s3://bucket/verdict.json"
Gate = Callable[..., str]


@pytest.fixture
def run_gate(aws: dict[str, Any]) -> Gate:
    S3Hook(**aws).create_bucket("bucket")

    def run(
        *, mode: str = "enabled", incomparable: str = "", evaluation: Evaluation = EVALUATION, **threshold: Any
    ) -> str:
        write_document(TRAINING, TRAINING_URI, aws)
        write_document(evaluation, EVALUATION_URI, aws)
        return decide.function(
            trained_uri=TRAINING_URI,
            judged_uri=EVALUATION_URI,
            verdict_uri=VERDICT_URI,
            incomparable=incomparable,
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
    assert bool(run_gate(mode=mode, evaluation=worse)) is promoted


def test_the_gate_names_the_version_that_promotion_registers(run_gate: Gate, aws: dict[str, Any]) -> None:
    version = run_gate()
    assert version == read_evidence(TRAINING_URI, EVALUATION_URI, aws).digest[:16]
    assert run_gate(bound=0.31) == ""


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


def test_a_champion_that_cannot_be_judged_stops_promotion(run_gate: Gate, aws: dict[str, Any]) -> None:
    assert not run_gate(incomparable="another split")
    assert read_document(Verdict, VERDICT_URI, aws).checks[-1] == Check(passed=False, sentence="another split")


SPLIT = {"split_method": "random", "test_fraction": 0.2, "validation_fraction": 0.1, "seed": 42}


def test_the_runs_split_is_told_as_training_tells_it() -> None:
    assert split_of({**SPLIT, "top_k": 10}) == "random: test 0.2, validation 0.1 of the rest, seed 42"


def test_only_a_champion_of_the_same_split_is_judged() -> None:
    champion = Champion(uri="s3://bucket/old", split=split_of(SPLIT))
    assert judgeable(None, "any") == {"uri": "", "incomparable": "", "checks": ""}
    assert judgeable(champion, split_of(SPLIT)) == {"uri": "s3://bucket/old", "incomparable": "", "checks": ""}
    other = judgeable(champion, split_of({**SPLIT, "seed": 43}))
    assert other["uri"] == ""
    assert other["incomparable"].startswith(
        "the champion was trained on another split (random: test 0.2, validation 0.1 of the rest, seed 42) than this "
        "run's (random: test 0.2, validation 0.1 of the rest, seed 43)"
    )


def test_a_folder_is_copied_whole(aws: dict[str, Any]) -> None:
    hook = S3Hook(**aws)
    hook.create_bucket("bucket")
    for key in ("run/model/metadata/part-0", "run/model/userFactors/part-0", "run/model2/part-0"):
        hook.load_string(key, key, "bucket")
    copy_folder("s3://bucket/run/model", "s3://bucket/models/m/1", aws)
    assert hook.list_keys("bucket", prefix="models/") == ["models/m/1/metadata/part-0", "models/m/1/userFactors/part-0"]
    assert hook.read_key("models/m/1/userFactors/part-0", "bucket") == "run/model/userFactors/part-0"


def test_a_model_that_is_gone_is_not_registered(aws: dict[str, Any]) -> None:
    S3Hook(**aws).create_bucket("bucket")
    with pytest.raises(DataError, match="s3://bucket/none holds no objects"):
        copy_folder("s3://bucket/none", "s3://bucket/models/m/1", aws)


def test_a_new_champion_is_announced_with_its_metrics() -> None:
    better = replace(EVALUATION, challenger={"ndcg_at_k": 0.31, "rmse": None})
    assert announcement(registration("movies", evaluation=better), "7") == (
        "movies version 7 is champion",
        "Model: s3://bucket/models/movies/1/sparkml\nndcg_at_k: 0.3100",
    )
