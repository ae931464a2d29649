"""The models to beat: looked up once, before a run begins its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import task

from workflow import registry
from workflow.patience import refusing_what_stays_wrong, while_away

if TYPE_CHECKING:
    from typing import Any

    from airflow.sdk import XComArg

    from workflow.flow import Flow

FIND_CHAMPIONS = "find_champions"


def champion_of(model: str, what: str) -> str:
    """A template of the champion's `uri`, or of why it is `incomparable`; empty if there is none."""
    return f"{{{{ ti.xcom_pull(task_ids='{FIND_CHAMPIONS}')['{model}']['{what}'] }}}}"


def first_checks() -> str:
    """A template of the check of what the first champion was trained on; empty if there is none."""
    found = f"ti.xcom_pull(task_ids='{FIND_CHAMPIONS}').values() | map(attribute='checks') | select | first"
    return f"{{{{ {found} | default('') }}}}"


def find_champions(flow: Flow[Any], models: list[str], *, held_out: str) -> XComArg:
    """The task that finds them; `held_out` is the run's hold-out in words."""
    find = look_up.override(**while_away(flow.deployment))
    return find(models=models, held_out=held_out, tracking_uri=flow.deployment.mlflow_tracking_uri)


@task(task_id=FIND_CHAMPIONS, multiple_outputs=False)
def look_up(*, models: list[str], held_out: str, tracking_uri: str) -> dict[str, dict[str, str]]:
    """Where each model's champion lies. Asked once, before training: all of the run sees the same champions.

    A champion of another hold-out has learnt from rows that are held out now, so it is not judged on them.
    """
    with refusing_what_stays_wrong():
        mlflow = registry.client(tracking_uri)
        return {model: judgeable(registry.find_champion(mlflow, model), held_out) for model in models}


def judgeable(champion: registry.Champion | None, held_out: str) -> dict[str, str]:
    """The champion's location, or why it cannot be judged on this run's held-out rows."""
    if champion is None:
        return {"uri": "", "incomparable": "", "checks": ""}
    if champion.split == held_out:
        return {"uri": champion.uri, "incomparable": "", "checks": champion.checks}
    reason = (
        f"the champion was trained on another split ({champion.split}) than this run's ({held_out}), so it may have "
        "learnt from rows that are held out now; gate_mode dry_run promotes without the comparison"
    )
    return {"uri": "", "incomparable": reason, "checks": champion.checks}
