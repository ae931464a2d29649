"""What the tasks of a rollback need to know: their values and their deployment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from airflow.sdk import DAG, Param

from workflow.deployed import Deployed
from workflow.form import params_page
from workflow.notifications import keep_cause, run_failed
from workflow.values import Cell, Values


class Rollback(Values):
    """The values of the DAG `rollback_model`."""

    owner: Cell
    """As Airflow shows it."""
    tags: list[Cell]
    """Airflow's, to filter DAGs by."""


@dataclass(frozen=True, kw_only=True)
class RollbackFlow(Deployed[Rollback]):
    """Rollbacks in one deployment."""

    values = Rollback

    def dag(self, page: str) -> DAG:
        """The empty DAG; it only runs when somebody asks for it, so it is not paused when it is new."""
        params = form()
        return DAG(
            dag_id=self.dag_id,
            description=page.strip().partition("\n")[0],
            doc_md=f"{page.strip()}\n\n{params_page(params)}",
            schedule=None,
            start_date=datetime(2024, 1, 1, tzinfo=UTC),
            catchup=False,
            max_active_runs=1,
            is_paused_upon_creation=False,
            tags={"penstock", *self.spec.tags},
            params=params,
            default_args={"owner": self.spec.owner, "on_failure_callback": keep_cause},
            on_failure_callback=run_failed(self.deployment),
        )


def form() -> dict[str, Param]:
    """The model, and for those who know better, the version."""
    return {
        "model": Param(
            type="string",
            pattern=r"^[a-z][a-z0-9_]*$",
            title="Model",
            description="Name of the registered model whose champion is to be the one before.",
        ),
        "version": Param(
            "",
            type="string",
            pattern=r"^\d*$",
            title="Version",
            description="A version to go to instead; empty for the champion before this one.",
        ),
    }
