"""What came of a run and of its models, in words."""

from dataclasses import replace

import pytest

from penstock.approval import Approval
from penstock.documents import Check, Verdict
from penstock.run_report import ModelRecord, RunReport, TaskTiming
from tests.dags.workflow.reporting.documents.judgements import ASSESSMENT, FIT, REJECTED, VERDICT
from tests.dags.workflow.reporting.documents.reports import FAILED
from workflow.reporting.outcome import BAD, GOOD, IDLE, headline, outcome

FAILING = Check(passed=False, sentence="rmse misses the bound")
PASSED = ModelRecord(verdict=VERDICT)
REFUSED = Approval(approved=False, reviewer="ada", note="too old", answered_at="")
UNANSWERED = Approval(approved=False, reviewer="", note="", answered_at="")


def ran(record: ModelRecord, **states: str) -> RunReport:
    """A run of the model `m` whose tasks ended like this."""
    tasks = [TaskTiming(task_id=f"m.{name}", state=state, seconds=1.0) for name, state in states.items()]
    state = "failed" if "failed" in states.values() else "success"
    return replace(FAILED, state=state, models={"m": record}, tasks=tasks)


@pytest.mark.parametrize(
    ("record", "states", "tone", "word", "why"),
    [
        (PASSED, {"promote_model": "success"}, GOOD, "promoted", ["2 of 2 checks passed."]),
        (
            PASSED,
            {"promote_model": "failed"},
            BAD,
            "not promoted",
            ["The gate let it through, but m.promote_model is failed.", "2 of 2 checks passed."],
        ),
        (
            PASSED,
            {},
            IDLE,
            "not promoted yet",
            ["The gate let it through; its promotion has not ended.", "2 of 2 checks passed."],
        ),
        (
            ModelRecord(verdict=REJECTED),
            {"promote_model": "skipped"},
            IDLE,
            "not promoted",
            ["1 of 2 checks passed.", "rmse 0.8800 against the champion's 0.8700: -1.15%, needs +0.00%."],
        ),
        (
            ModelRecord(verdict=Verdict(mode="dry_run", approved=False, promote=True, checks=[FAILING])),
            {"promote_model": "success"},
            GOOD,
            "promoted",
            ["0 of 1 check passed.", "The gate only looked on (dry_run).", "rmse misses the bound."],
        ),
        (
            ModelRecord(verdict=Verdict(mode="disabled", approved=True, promote=True)),
            {"promote_model": "success"},
            GOOD,
            "promoted",
            ["The gate is disabled: nothing was checked."],
        ),
        (
            replace(PASSED, approval=REFUSED),
            {"promote_model": "skipped"},
            IDLE,
            "not promoted",
            ["2 of 2 checks passed.", "ada refused it: too old"],
        ),
        (
            replace(PASSED, approval=UNANSWERED),
            {"promote_model": "skipped"},
            IDLE,
            "not promoted",
            ["2 of 2 checks passed.", "Nobody answered the request for approval in time, which means no."],
        ),
        (ModelRecord(), {"fit_model": "failed"}, BAD, "no verdict", ["fit_model failed."]),
        (
            ModelRecord(fit=FIT, assessment=ASSESSMENT),
            {},
            IDLE,
            "no verdict",
            ["It was judged on held-out rows, and the gate did not come to it."],
        ),
        (ModelRecord(fit=FIT), {}, IDLE, "no verdict", ["It was fitted, and nothing came after that."]),
        (ModelRecord(), {"fit_model": "upstream_failed"}, IDLE, "no verdict", ["The run did not come to it."]),
    ],
)
def test_outcome(record: ModelRecord, states: dict[str, str], tone: str, word: str, why: list[str]) -> None:
    found = outcome(ran(record, **states), "m")
    assert (found.tone, found.word, found.why) == (tone, word, why)


def test_another_models_promotion_is_not_this_ones() -> None:
    report = ran(PASSED, promote_model="success")
    assert outcome(replace(report, models={"m2": PASSED}), "m2").word == "not promoted yet"


def test_headline() -> None:
    promoted = ran(PASSED, promote_model="success")
    assert headline(promoted) == "The run did all its work. m was promoted."
    assert headline(ran(ModelRecord(), fit_model="failed")) == "The run failed in m.fit_model. m has no verdict."
    assert headline(replace(FAILED, models={}, tasks=[])) == "The run failed."
    assert headline(replace(FAILED, state="running", models={}, tasks=[])) == (
        "The run goes on: this is what is known so far."
    )
    ended = [TaskTiming(task_id="terminate", state="failed", seconds=1.0)]
    assert headline(replace(FAILED, state="success", models={}, tasks=ended)) == (
        "The run did all its work, but terminate failed."
    )
    assert headline(replace(promoted, models={**promoted.models, "n": ModelRecord()})) == (
        "The run did all its work. 1 of 2 models promoted: m."
    )
