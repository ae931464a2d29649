"""What every task of a workflow needs to know: its values, its deployment and where its outputs go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from airflow.sdk import DAG

from penstock.layout import Code, Run, run_key
from workflow.deployed import RETRIES, Deployed
from workflow.environment import Environment
from workflow.form import params_page
from workflow.notifications import keep_cause, run_failed
from workflow.spec import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow.sdk import Param

W = TypeVar("W", bound=Workflow)

HOLD_SLOT_BELOW_SECONDS = 10
"""A sensor that asks more often than this keeps its worker slot: rescheduling costs longer than the wait."""


@dataclass(frozen=True, kw_only=True)
class Flow(Deployed[W], ABC):
    """One workflow in one deployment; locations of the run are templates."""

    glue_tasks: ClassVar[tuple[str, ...]] = ()
    """The tasks that run Glue jobs."""
    macros: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    """What its templates may call, beside `run_key`."""

    @abstractmethod
    def form(self) -> dict[str, Param]:
        """The parameters of a run."""

    @property
    def run(self) -> Run:
        """Where the outputs of the current run go."""
        return self.deployment.layout.run(self.dag_id, "{{ run_key(run_id) }}")

    @property
    def code(self) -> Code:
        """The deployed job code."""
        return self.deployment.code

    @property
    def spark_conf(self) -> Mapping[str, str]:
        """What its Spark jobs are submitted with."""
        found: Mapping[str, str] = self.spec.spark_conf
        return found

    @property
    def environment(self) -> Environment:
        """The Python packages of its Spark jobs, if the deployment has them as an archive."""
        sha, cluster = self.deployment.environment_sha, self.spec.cluster
        if not sha:
            return Environment()
        installed = cluster is not None and cluster.environment == "bootstrap"
        return Environment(sha=sha, uri=self.deployment.layout.environment(sha), installed=installed)

    @property
    def operator(self) -> dict[str, Any]:
        """How the provider's operators reach AWS; what is throttled or answered by a 5xx is asked again."""
        return {**self.aws, "botocore_config": RETRIES}

    @property
    def glue_jobs(self) -> dict[str, str]:
        """The workflow's Glue jobs by the task that runs them; every deployment and DAG has job definitions of its own.

        Runs of one definition share its script.
        """
        return {task: f"{self.deployment.name}-{self.dag_id}-{task}" for task in self.glue_tasks}

    @property
    def sensor_mode(self) -> Literal["poke", "reschedule"]:
        """Whether a waiting sensor gives its worker slot back between two looks."""
        return "poke" if self.deployment.poll_seconds < HOLD_SLOT_BELOW_SECONDS else "reschedule"

    def dag(self, page: str) -> DAG:
        """The empty DAG; `page` is Markdown for its documentation, to which the parameters are added.

        There is no `dagrun_timeout`: it marks teardowns as skipped too, and so leaks the cluster. Tasks have timeouts.
        """
        spec, params = self.spec, self.form()
        return DAG(
            dag_id=self.dag_id,
            description=page.strip().partition("\n")[0],
            doc_md=f"{page.strip()}\n\n{params_page(params)}",
            schedule=spec.schedule,
            start_date=datetime(2024, 1, 1, tzinfo=UTC),
            catchup=False,
            max_active_runs=1,
            tags={"penstock", *spec.tags},
            params=params,
            user_defined_macros={"run_key": run_key, **self.macros},
            default_args=self._default_args(),
            on_failure_callback=run_failed(self.deployment),
        )

    def _default_args(self) -> dict[str, Any]:
        return {
            "owner": self.spec.owner,
            "retries": self.spec.retries,
            "retry_delay": timedelta(seconds=self.spec.retry_delay_seconds),
            "execution_timeout": timedelta(minutes=self.spec.timeouts.bookkeeping),
            "on_failure_callback": keep_cause,
        }
