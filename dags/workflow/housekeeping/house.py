"""What every task of housekeeping needs to know: its values and its deployment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow.sdk import DAG

from penstock.deployment import Deployment
from workflow.housekeeping.form import params, params_page
from workflow.housekeeping.spec import Housekeeping
from workflow.notifications import keep_cause, run_failed
from workflow.spec_file import load_spec


@dataclass(frozen=True, kw_only=True)
class House:
    """Housekeeping in one deployment."""

    dag_id: str
    spec: Housekeeping
    deployment: Deployment

    @classmethod
    def load(cls, dag_file: str) -> House:
        """The workflow of a DAG file, from the YAML of the same name; raises SpecError or DeploymentError."""
        path = Path(dag_file)
        spec = load_spec(path.parent / "specs" / f"{path.stem}.yaml", Housekeeping)
        return cls(dag_id=path.stem, spec=spec, deployment=Deployment.load())

    @property
    def aws(self) -> dict[str, Any]:
        """How the provider's hooks reach AWS; endpoint and credentials are the connection's."""
        return {"aws_conn_id": self.deployment.aws_conn_id, "region_name": self.deployment.region}

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
