"""What every task of housekeeping needs to know: its values and its deployment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from airflow.sdk import DAG

from workflow.deployed import Deployed
from workflow.housekeeping.form import params, params_page
from workflow.housekeeping.spec import Housekeeping
from workflow.notifications import keep_cause, run_failed


@dataclass(frozen=True, kw_only=True)
class House(Deployed[Housekeeping]):
    """Housekeeping in one deployment."""

    values = Housekeeping

    def dag(self, page: str) -> DAG:
        """The empty DAG; `page` is Markdown for its documentation, to which the parameters are added.

        It is not paused when it is new, whatever Airflow's default is: a reaper that nobody has started reaps nothing.
        Nothing is retried, because the next run is the retry.
        """
        return DAG(
            dag_id=self.dag_id,
            description=page.strip().partition("\n")[0],
            doc_md=f"{page.strip()}\n\n{params_page(self.spec)}",
            schedule=self.spec.schedule,
            start_date=datetime(2024, 1, 1, tzinfo=UTC),
            catchup=False,
            max_active_runs=1,
            is_paused_upon_creation=False,
            tags={"penstock", *self.spec.tags},
            params=params(self.spec),
            default_args={"owner": self.spec.owner, "retries": 0, "on_failure_callback": keep_cause},
            on_failure_callback=run_failed(self.deployment),
        )
