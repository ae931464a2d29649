from dataclasses import replace

import pytest

from penstock.approval import Approval
from penstock.assessment import Assessment, Judgement
from penstock.cost import Cost
from penstock.documents import Check, DataReport, Evaluation, HeldOut, Repeats, RowCounts, Verdict
from penstock.estimate import Estimate
from penstock.run_report import ModelRecord, RunReport
from tools.console import console
from tools.runs.report import contenders, show_report, spread

DATA = DataReport(
    sources={
        "train": RowCounts(read=80, good=79, quarantined=1),
        "test": RowCounts(read=80, good=80, quarantined=0),
    },
    quarantined_by_reason={"no label [x]": 1},
    tables=[],
    quarantine_uri="s3://b/quarantine",
    repeats=Repeats(duplicates={}, test_rows_in_train=75),
    fingerprint="f",
    code_sha="c",
)
ASSESSMENT = Assessment(
    problem="binary",
    estimator="LogisticRegression",
    recipe_fingerprint="r",
    model_uri="s3://b/m",
    champion_model_uri="s3://b/c",
    champion_problem="",
    holdout="column part",
    rows=80,
    judged_rows=80,
    fingerprint="f",
    resamples=200,
    confidence=0.95,
    challenger=Judgement(metrics={"accuracy": Estimate(value=0.9, low=0.85, high=0.95), "odd": Estimate(value=7.0)}),
    champion=Judgement(metrics={"accuracy": Estimate(value=0.8, low=0.7, high=0.9)}),
    baselines={"majority": {"accuracy": Estimate(value=0.5, low=0.4, high=0.6)}},
    gains={},
    seconds=1.0,
    code_sha="c",
)
VERDICT = Verdict(
    mode="enabled", approved=True, promote=True, checks=[Check(passed=True, sentence="accuracy 0.9 [meets] it")]
)
COST = Cost(
    region="us-east-1",
    lines=[],
    usd=0.0123,
    unknown=[],
    notes=[],
    prices_source="snapshot",
    prices_date="2026-09-21",
    simulated=True,
    clusters=["j-1"],
    final=True,
)
REPORT = RunReport(
    dag_id="conversion_model",
    run_id="run-1",
    run_uri="s3://b/runs/conversion_model/run-1",
    state="success",
    started="",
    seconds=1.0,
    params={},
    conf={},
    tasks=[],
    data=DATA,
    cost=COST,
    models={"converts": ModelRecord(assessment=ASSESSMENT, verdict=VERDICT)},
    missing=["No cost."],
)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 120)


def printed(report: RunReport) -> list[str]:
    with console.capture() as captured:
        show_report(report, "the folder /data/[/old]")
    return [line.strip() for line in captured.get().splitlines()]


def with_record(record: ModelRecord) -> list[str]:
    return printed(replace(REPORT, models={"converts": record}))


def test_a_value_is_shown_with_its_interval_if_it_has_one() -> None:
    assert spread(None) == spread(Estimate(value=None)) == "-"
    assert spread(Estimate(value=0.5)) == "0.5000"
    assert spread(Estimate(value=0.5, low=0.4, high=0.61)) == "0.5000 [0.4000, 0.6100]"


def test_rows_are_counted_by_source_with_what_was_refused_and_the_leak() -> None:
    lines = printed(REPORT)
    assert "Data  the folder /data/[/old]" in lines
    assert [line.split() for line in lines if line.startswith(("train ", "test "))] == [
        ["train", "80", "79", "1", "0"],
        ["test", "80", "80", "0", "0"],
    ]
    assert "quarantined: 1 x no label [x]" in lines
    assert "75 of 80 test rows are in train too: a model may know them by heart and look better than it is" in lines


def test_a_model_stands_beside_champion_and_baselines_in_known_metrics() -> None:
    lines = printed(REPORT)
    assert "converts, LogisticRegression judged on 80 held-out rows" in lines
    assert [line.split() for line in lines if line.startswith(("accuracy ", "odd "))] == [
        ["accuracy", "0.9000", "[0.8500,", "0.9500]", "0.8000", "[0.7000,", "0.9000]", "0.5000"]
    ]
    assert "95% intervals of 200 bootstrap resamples" in lines


def test_a_verdict_comes_with_every_check_and_the_reviewers_answer() -> None:
    lines = printed(REPORT)
    assert "✓ promoted to champion (gate enabled)" in lines
    assert "✓ accuracy 0.9 [meets] it" in lines
    asked = replace(VERDICT, mode="approval")
    assert "not promoted (gate approval)" in with_record(ModelRecord(assessment=ASSESSMENT, verdict=asked))
    refused = Approval(approved=False, reviewer="ann", note="too early", answered_at="2026-01-01T00:00:00+00:00")
    lines = with_record(ModelRecord(assessment=ASSESSMENT, verdict=asked, approval=refused))
    assert "not promoted (gate approval)" in lines
    assert "✗ ann did not approve: too early" in lines


def test_a_model_that_the_run_did_not_come_to_is_said_to_be_unjudged() -> None:
    assert "converts  was not judged" in with_record(ModelRecord())
    assert "not judged by its gate" in with_record(ModelRecord(assessment=ASSESSMENT))


def test_cost_and_what_is_missing_come_last() -> None:
    lines = printed(REPORT)
    assert lines[-2:] == ["Cost  on AWS it would have cost $0.0123", "No cost."]


def test_a_recommender_has_the_intervals_of_its_own_metrics_only() -> None:
    evaluation = Evaluation(
        objective="ranking",
        model_uri="s3://b/m",
        split="random",
        k=10,
        relevance_threshold=0.0,
        held_out=HeldOut(rows=10, cold_start_rows=0, users=2, fingerprint="f"),
        challenger={"ndcg_at_k": 0.3, "coverage": 0.1},
        champion=None,
        champion_model_uri="",
        baselines={"popularity": {"ndcg_at_k": 0.2}},
        intervals={"ndcg_at_k": Estimate(value=0.3, low=0.25, high=0.35)},
        fit_for=["ranking"],
        seconds=1.0,
        code_sha="c",
    )
    assert contenders(ModelRecord(evaluation=evaluation)) == {
        "this model": {"ndcg_at_k": Estimate(value=0.3, low=0.25, high=0.35), "coverage": Estimate(value=0.1)},
        "popularity": {"ndcg_at_k": Estimate(value=0.2)},
    }
    assert contenders(ModelRecord()) == {}
