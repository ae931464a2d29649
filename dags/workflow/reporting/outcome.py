"""What came of the run and of each model, in words: the first thing that the page says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from penstock.gate import GateMode
from workflow.reporting import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from penstock.documents import Verdict
    from penstock.run_report import ModelRecord, RunReport, TaskTiming

GOOD, BAD, IDLE = "good", "bad", "idle"
"""Tones; each comes with a word and a sign of its own."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one model."""

    tone: str
    word: str
    why: list[str] = field(default_factory=list)
    """Sentences."""


def outcome(report: RunReport, model: str) -> Outcome:
    """Whether the model became champion, and why or why not."""
    record = report.models[model]
    tasks = {each.task_id.rpartition(".")[2]: each for each in report.tasks if each.task_id.startswith(f"{model}.")}
    if record.verdict is None:
        return Outcome(tone=BAD if _broken(tasks) else IDLE, word="no verdict", why=_unjudged(record, tasks))
    why = _checked(record.verdict) + _answered(record)
    if not record.verdict.promote or (record.approval and not record.approval.approved):
        return Outcome(tone=IDLE, word="not promoted", why=why)
    promotion = next((each for name, each in tasks.items() if name.startswith("promote")), None)
    if promotion and promotion.state == "success":
        return Outcome(tone=GOOD, word="promoted", why=why)
    if promotion:
        stopped = f"The gate let it through, but {promotion.task_id} is {words.label(promotion.state)}."
        return Outcome(tone=BAD, word="not promoted", why=[stopped, *why])
    return Outcome(
        tone=IDLE, word="not promoted yet", why=["The gate let it through; its promotion has not ended.", *why]
    )


def headline(report: RunReport) -> str:
    """The run in a sentence or two."""
    first = _course(report)
    outcomes = {model: outcome(report, model) for model in report.models}
    promoted = [model for model, each in outcomes.items() if each.tone == GOOD]
    if not outcomes:
        return first
    if len(outcomes) == 1:
        model, only = next(iter(outcomes.items()))
        verb = "was" if report.models[model].verdict else "has"
        return f"{first} {model} {verb} {only.word}."
    return f"{first} {len(promoted)} of {len(outcomes)} models promoted{': ' + _listed(promoted) if promoted else ''}."


def _course(report: RunReport) -> str:
    where = _listed(report.failures) if report.failures else ""
    if report.state == "failed":
        return f"The run failed in {where}." if where else "The run failed."
    but = f", but {where} failed" if where else ""
    if report.state == "running":
        return f"The run goes on{but}: this is what is known so far."
    return f"The run did all its work{but}."


def _checked(verdict: Verdict) -> list[str]:
    failed = [each.sentence for each in verdict.checks if not each.passed]
    if verdict.mode == GateMode.DISABLED.value:
        return ["The gate is disabled: nothing was checked."]
    passed = len(verdict.checks) - len(failed)
    counted = f"{passed} of {words.plural(len(verdict.checks), 'check')} passed."
    dry = ["The gate only looked on (dry_run)."] if verdict.mode == GateMode.DRY_RUN.value and failed else []
    return [counted, *dry, *(f"{each}." for each in failed)]


def _answered(record: ModelRecord) -> list[str]:
    answer = record.approval
    if not answer:
        return []
    if not answer.reviewer:
        return ["Nobody answered the request for approval in time, which means no."]
    said = "approved" if answer.approved else "refused"
    return [f"{answer.reviewer} {said} it{': ' + answer.note if answer.note else '.'}"]


def _unjudged(record: ModelRecord, tasks: Mapping[str, TaskTiming]) -> list[str]:
    broken = _broken(tasks)
    if broken:
        return [f"{_listed(broken)} failed."]
    if record.assessment or record.evaluation:
        return ["It was judged on held-out rows, and the gate did not come to it."]
    fitted = record.fit or record.training
    return ["It was fitted, and nothing came after that."] if fitted else ["The run did not come to it."]


def _broken(tasks: Mapping[str, TaskTiming]) -> list[str]:
    return [name for name, each in tasks.items() if each.state == "failed"]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
