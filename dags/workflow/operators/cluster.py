"""A cluster for one run: found by its tags or created, ready or gone."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.emr import EmrCreateJobFlowOperator
from airflow.sdk.exceptions import AirflowException

from penstock_waits.tables import cluster_ready
from workflow.operators.waiting import Waiting, once, outcome_of
from workflow.ownership import EXPIRES, OWNER, TASK, TRY, Owner, as_list, clusters_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome


class EmrClusterOperator(Waiting, EmrCreateJobFlowOperator):
    """EmrCreateJobFlowOperator that leaves one cluster per run, ready, or none.

    The provider's (9.39.0) makes another cluster on every attempt, terminates only on a WaiterError, takes TERMINATED
    for ready, and takes a templated string that ends in `.json` for the name of a template file. Returns the cluster's
    id.
    """

    template_ext: Sequence[str] = ()
    job_flow_overrides: dict[str, Any]

    def __init__(self, *, deployment: str, lifetime: timedelta, poll_seconds: float, **kwargs: Any) -> None:
        """`lifetime` is the longest that the run's tasks on the cluster can take: the reaper goes by it."""
        super().__init__(**kwargs)
        self.deployment, self.lifetime, self.poll_seconds = deployment, lifetime, poll_seconds
        self._cluster_id = ""

    def execute(self, context: Context) -> str:
        """Find or create, then wait until the cluster takes steps."""
        try:
            self._cluster_id = self._find(context) or self._create(context)
            self._show_links(context)
            wait = cluster_ready(self._cluster_id, deadline=self.deadline(), poll_seconds=self.poll_seconds)
            return self._conclude(context, self.wait(wait, cluster_id=self._cluster_id))
        except Exception:
            self.on_kill()
            raise

    def resume(self, context: Context, event: Mapping[str, Any] | None, cluster_id: str) -> str:
        """The trigger has fired."""
        self._cluster_id = cluster_id
        return self._conclude(context, outcome_of(event))

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Clean up whatever it is that goes wrong after the trigger, a dead triggerer included."""
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except Exception:
            if not self._cluster_id:
                self.give_up(lambda: self._note(context), what="The run's cluster")
            self.on_kill()
            raise

    def on_kill(self) -> None:
        """Terminate, if there is anything; the teardown and the reaper come after it, should AWS refuse."""
        if self._cluster_id:
            self._terminate([self._cluster_id])

    def _note(self, context: Context) -> None:
        self._cluster_id = self._find(context) or ""

    def _find(self, context: Context) -> str | None:
        """The run's cluster; if two attempts raced, the first one's, and the others are terminated."""
        found = clusters_of_run(self.client("emr"), self._owner(context))
        if len(found) > 1:
            self._terminate([each.id for each in found[1:]])
        if found:
            self.log.info("Cluster %s of this run is %s: nothing is created", found[0].id, found[0].state)
        return found[0].id if found else None

    def _create(self, context: Context) -> str:
        request = {**self.job_flow_overrides, **self._identity(context)}
        emr = self.client_that_calls_once("emr")
        self._cluster_id = created = once(
            lambda: str(emr.run_job_flow(**request)["JobFlowId"]), lambda: self._find(context), what="RunJobFlow"
        )
        self.log.info("Created cluster %s, %s", created, request["Name"])
        return created

    def _end_others(self, context: Context) -> None:
        """Clusters that ListClusters did not show yet when this one was asked for: of a lost answer, or of a race."""
        others = [each.id for each in clusters_of_run(self.client("emr"), self._owner(context))]
        others = [each for each in others if each != self._cluster_id]
        if others:
            self._terminate(others)

    def _identity(self, context: Context) -> dict[str, Any]:
        owner, ti = self._owner(context), context["ti"]
        about = {
            **{each["Key"]: each["Value"] for each in self.job_flow_overrides.get("Tags", [])},
            **owner.tags,
            TASK: ti.task_id,
            TRY: str(ti.try_number),
            OWNER: self.owner,
            EXPIRES: (datetime.now(UTC) + self.lifetime).isoformat(timespec="seconds"),
        }
        return {"Name": owner.cluster_name, "Tags": as_list(about)}

    def _owner(self, context: Context) -> Owner:
        ti = context["ti"]
        return Owner(deployment=self.deployment, dag=ti.dag_id, run=ti.run_id)

    def _conclude(self, context: Context, outcome: Outcome) -> str:
        if outcome.ended == "success":
            self.give_up(lambda: self._end_others(context), what="A second cluster of the run, if there is one,")
            return self._cluster_id
        waited = f" within {self.execution_timeout}" if outcome.ended == "timeout" else ""
        raise AirflowException(
            f"Cluster {self._cluster_id} did not get ready{waited}: it is {outcome.state}. "
            f"{outcome.reason or 'AWS gave no reason.'}"
        )

    def _terminate(self, ids: list[str]) -> None:
        names = ", ".join(ids)
        self.log.warning("Terminating cluster %s", names)
        self.give_up(lambda: self.client("emr").terminate_job_flows(JobFlowIds=ids), what=f"Cluster {names}")

    def _show_links(self, context: Context) -> None:
        from airflow.providers.amazon.aws.links.emr import EmrClusterLink  # noqa: PLC0415 - slow to import

        with suppress(Exception):  # whatever keeps a link from being shown is no reason to end a cluster
            hook = self.hook
            EmrClusterLink.persist(
                context=context,
                operator=self,
                region_name=hook.conn_region_name,
                aws_partition=hook.conn_partition,
                job_flow_id=self._cluster_id,
            )
