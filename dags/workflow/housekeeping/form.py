"""The trigger form of housekeeping."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

if TYPE_CHECKING:
    from workflow.housekeeping.spec import Housekeeping

CLUSTERS, RETENTION = "Clusters", "Retention"


class When(StrEnum):
    """Whether a run looks for what is too old."""

    WHEN_DUE = "when_due"
    NOW = "now"
    NEVER = "never"


def params(spec: Housekeeping) -> dict[str, Param]:
    """All parameters; defaults from the spec."""
    reaper, retention = spec.reaper, spec.retention
    return {
        "dry_run": Param(
            default=False, type="boolean", title="Dry run", description="Say what would be done, and do nothing."
        ),
        "grace_minutes": _number(
            reaper.grace_minutes, "integer", CLUSTERS, "Grace period", "Minutes after a run's end.", minimum=0
        ),
        "max_age_hours": _number(
            reaper.max_age_hours, "number", CLUSTERS, "Maximum age", "Hours, where tags name no expiry.", minimum=0
        ),
        "retention": Param(
            When.WHEN_DUE.value,
            type="string",
            enum=[each.value for each in When],
            section=RETENTION,
            title="Retention",
            description="when_due is once a day, UTC.",
        ),
        "runs_days": _kept(retention.runs_days, "Days of runs", "Folders of runs, by their newest object."),
        "logs_days": _kept(retention.logs_days, "Days of logs", "EMR's logs."),
        "versions": _kept(retention.versions, "Versions of a model", "Beside those that carry an alias."),
    }


def params_page(spec: Housekeeping) -> str:
    """The parameters as a Markdown table."""
    rows = [
        f"| `{name}` | {each.schema['title']} | `{each.value}` | {each.description} |"
        for name, each in params(spec).items()
    ]
    return "\n".join(["### Parameters", "", "| name | title | default | meaning |", "|---|---|---|---|", *rows])


def _number(default: float, kind: str, section: str, title: str, description: str, **bounds: Any) -> Param:
    return Param(default, type=kind, section=section, title=title, description=description, **bounds)


def _kept(default: int | None, title: str, description: str) -> Param:
    return Param(
        default,
        type=["null", "integer"],
        minimum=1,
        section=RETENTION,
        title=title,
        description=f"{description} Empty keeps for ever.",
    )
