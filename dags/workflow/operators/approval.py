"""A yes before a model is promoted: Airflow's human-in-the-loop operator, where the gate's mode asks it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param

from penstock.approval import Approval
from penstock.deployment import Deployment
from penstock.documents import Verdict
from penstock.gate import GateMode
from workflow.notifications import notify
from workflow.storage import read_document, read_evidence, write_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from workflow.evidence import Evidence
    from workflow.flow import Flow
    from workflow.models import Sources

TASK = "approve_model"


class ModelApprovalOperator(ApprovalOperator):
    """ApprovalOperator that asks about one model, in gate mode `approval` only; no answer in time means no.

    The question carries the gate's checks and the metrics beside champion and baselines, so that the reviewer need not
    look elsewhere; the answer is kept as a document. A task that waits for it holds no worker slot.
    """

    template_fields: Sequence[str] = (
        *ApprovalOperator.template_fields,
        "mode",
        "trained",
        "judged",
        "verdict",
        "record",
    )

    def __init__(
        self,
        *,
        mode: str,
        model: str,
        trained: str,
        judged: str,
        verdict: str,
        record: str,
        aws: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        """`trained`, `judged` and `verdict` are documents to ask from; the answer goes to `record`."""
        super().__init__(defaults=self.REJECT, **kwargs)
        self.mode, self.model, self.aws = mode, model, aws
        self.trained, self.judged, self.verdict, self.record = trained, judged, verdict, record

    @classmethod
    def of(cls, flow: Flow[Any], sources: Sources, *, mode: str) -> ModelApprovalOperator:
        """The task of one model of a workflow."""
        minutes = flow.spec.timeouts.approve
        return cls(
            task_id=TASK,
            subject=f"Promote {sources.model}?",
            mode=mode,
            model=sources.model,
            trained=sources.trained,
            judged=sources.judged,
            verdict=sources.verdict,
            record=sources.approval,
            aws=flow.aws,
            params={"note": Param("", type="string", title="Note", description="Why; kept with the answer.")},
            response_timeout=timedelta(minutes=minutes),
        )

    def execute(self, context: Context) -> Any:
        """Ask, and wait for the answer; in any other mode there is nothing to ask."""
        if GateMode(self.mode) is not GateMode.APPROVAL:
            self.log.info("gate_mode is %s: nobody has to approve", self.mode)
            return None
        evidence = read_evidence(self.trained, self.judged, self.aws)
        self.body = question(evidence, read_document(Verdict, self.verdict, self.aws))
        link = self.generate_link_to_ui_from_context(context=context)
        notify(Deployment.load(), f"{self.model} waits for approval", f"{self.body}\n\n{link}")
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keep the answer; a no, or no answer in time, skips the promotion."""
        if "error" not in event:
            write_document(answer(event, self.APPROVE), self.record, self.aws)
        return super().execute_complete(context, event)


def answer(event: Mapping[str, Any], yes: str) -> Approval:
    """The reviewer's answer as a document."""
    user = event.get("responded_by_user") or {}
    return Approval(
        approved=yes in event["chosen_options"],
        reviewer=str(user.get("name", "") if isinstance(user, dict) else getattr(user, "name", "")),
        note=str((event.get("params_input") or {}).get("note", "")),
        answered_at=event["responded_at"].isoformat(),
    )


def question(evidence: Evidence, verdict: Verdict) -> str:
    """What the reviewer sees, as Markdown: the metrics side by side, the gate's checks, where the whole report is."""
    columns = {"challenger": evidence.challenger, "champion": evidence.champion or {}, **evidence.baselines}
    shown = {name: values for name, values in columns.items() if values}
    rows = [
        f"| {metric} | " + " | ".join(_show(values.get(metric)) for values in shown.values()) + " |"
        for metric in evidence.challenger
    ]
    table = [f"| metric | {' | '.join(shown)} |", f"|---|{'---|' * len(shown)}", *rows]
    checks = [f"- {'passed' if check.passed else 'failed'}: {check.sentence}" for check in verdict.checks]
    where = "The whole report is the tab *Report* of this run."
    return "\n".join([f"{evidence.algorithm}, {evidence.model_uri}", "", *table, "", *checks, "", where])


def _show(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
