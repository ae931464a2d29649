"""A yes before a model is promoted: Airflow's human-in-the-loop operator, where the gate's mode asks it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param

from penstock.approval import Approval
from penstock.deployment import Deployment
from penstock.documents import Verdict
from penstock.gate import GateMode
from penstock.layout import Run
from workflow.approved import reviewers
from workflow.notifications import notify
from workflow.reporting.task import publish
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

    The question carries the gate's checks and the metrics beside champion and baselines, and the run's report is
    written before it is asked, so that the reviewer can look at all that is known; the answer is kept as a document.
    A task that waits for it holds no worker slot.
    """

    template_fields: Sequence[str] = (*ApprovalOperator.template_fields, "mode", "sources", "run_uri")

    def __init__(
        self, *, mode: str, sources: dict[str, str], run_uri: str, models: list[str], aws: dict[str, Any], **kwargs: Any
    ) -> None:
        """`sources` are the fields of a model's Sources; `models` all of the run, for its report."""
        super().__init__(defaults=self.REJECT, **kwargs)
        self.mode, self.sources, self.run_uri, self.models, self.aws = mode, sources, run_uri, models, aws

    @classmethod
    def of(cls, flow: Flow[Any], sources: Sources, *, mode: str) -> ModelApprovalOperator:
        """The task of one model of a workflow."""
        minutes = flow.spec.timeouts.approve
        return cls(
            task_id=TASK,
            subject=f"Promote {sources.model}?",
            mode=mode,
            sources=asdict(sources),
            run_uri=flow.run.uri,
            models=list(flow.spec.models),
            aws=flow.aws,
            params={"note": Param("", type="string", title="Note", description="Why; kept with the answer.")},
            response_timeout=timedelta(minutes=minutes),
            assigned_users=reviewers(flow.deployment),
        )

    def execute(self, context: Context) -> Any:
        """Ask, and wait for the answer; in another mode nothing is asked, unless the deployment names approvers."""
        if GateMode(self.mode) is not GateMode.APPROVAL and not self.assigned_users:
            self.log.info("gate_mode is %s: nobody has to approve", self.mode)
            return None
        evidence = read_evidence(self.sources["trained"], self.sources["judged"], self.aws)
        self.body = question(evidence, read_document(Verdict, self.sources["verdict"], self.aws))
        publish(cast("Mapping[str, Any]", context), Run(self.run_uri), self.models, self.aws)
        link = self.generate_link_to_ui_from_context(context=context)
        notify(Deployment.load(), f"{self.sources['model']} waits for approval", f"{self.body}\n\n{link}")
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keep the answer; a no, or no answer in time, skips the promotion."""
        if "error" not in event:
            version = read_evidence(self.sources["trained"], self.sources["judged"], self.aws).version
            write_document(answer(event, self.APPROVE, version), self.sources["approval"], self.aws)
        return super().execute_complete(context, event)


def answer(event: Mapping[str, Any], yes: str, version: str) -> Approval:
    """The reviewer's answer as a document."""
    user = event.get("responded_by_user") or {}
    return Approval(
        approved=yes in event["chosen_options"],
        reviewer=str(user.get("name", "") if isinstance(user, dict) else getattr(user, "name", "")),
        note=str((event.get("params_input") or {}).get("note", "")),
        answered_at=event["responded_at"].isoformat(),
        version=version,
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
