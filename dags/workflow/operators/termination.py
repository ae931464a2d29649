"""The end of every cluster of a run, whatever else has happened."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.emr import EmrTerminateJobFlowOperator
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from penstock_waits.tables import ENDED, cluster_ended
from workflow.operators.waiting import Waiting, outcome_of
from workflow.ownership import NOT_ENDED, Owner, clusters_of_run, named_clusters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from penstock_waits.wait import Outcome

FAILURES = (ClientError, BotoCoreError, OSError)


class EmrTerminationOperator(Waiting, EmrTerminateJobFlowOperator):
    """EmrTerminateJobFlowOperator that finds the run's clusters by tag, and succeeds only when they have ended.

    The provider's (9.39.0) needs the XCom of the task that failed, describes the cluster before it terminates it, so
    that a refused DescribeCluster leaves it running, keeps termination protection on, and does not wait in sync mode.
    Returns the ids of the clusters that it ended.
    """

    template_fields: Sequence[str] = ("job_flow_id",)

    def __init__(self, *, deployment: str, poll_seconds: float, job_flow_id: str = "", **kwargs: Any) -> None:
        """`job_flow_id`, a template, is only for the case that AWS does not even list the clusters."""
        super().__init__(job_flow_id=job_flow_id, **kwargs)
        self.deployment, self.poll_seconds = deployment, poll_seconds

    def execute(self, context: Context) -> list[str]:  # type: ignore[override]
        """Unprotect and terminate all, then wait for each."""
        ids = self._clusters(context)
        if not ids:
            self.log.info("No cluster of this run is left.")
            return []
        for each in ids:
            self._unprotect(each)
        refused = self._terminate(ids)
        if refused:
            raise AirflowException(
                f"{' and '.join(refused)} may still cost money: AWS refused to terminate. "
                f"{'; '.join(map(str, refused.values()))}"
            )
        return self._wait_for(ids, done=[])

    def _unprotect(self, cluster_id: str) -> None:
        """A refusal here may not keep an unprotected cluster alive, so it is only logged."""
        try:
            self.client("emr").set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)
        except FAILURES as error:
            self.log.warning("Termination protection of %s could not be lifted: %s", cluster_id, error)

    def _terminate(self, ids: list[str]) -> dict[str, Exception]:
        """All in one call; if AWS refuses that, each by itself, so that a refusal concerns one. What was refused."""
        try:
            self.client("emr").terminate_job_flows(JobFlowIds=ids)
        except FAILURES as error:
            if len(ids) == 1:
                return {ids[0]: error}
            return {name: each for one in ids for name, each in self._terminate([one]).items()}
        self.log.info("Terminating %s", ", ".join(ids))
        return {}

    def resume(
        self, context: Context, event: Mapping[str, Any] | None, waiting: list[str], done: list[str]
    ) -> list[str]:
        """The trigger has seen the first of those that are waited for."""
        self._check(waiting[0], outcome_of(event))
        return self._wait_for(waiting[1:], done=[*done, waiting[0]])

    def _wait_for(self, waiting: list[str], done: list[str]) -> list[str]:
        while waiting:
            wait = cluster_ended(waiting[0], deadline=self.deadline(), poll_seconds=self.poll_seconds)
            self._check(waiting[0], self.wait(wait, waiting=waiting, done=done))
            waiting, done = waiting[1:], [*done, waiting[0]]
        return done

    def _clusters(self, context: Context) -> list[str]:
        ti, emr = context["ti"], self.client("emr")
        owner = Owner(deployment=self.deployment, dag=ti.dag_id, run=ti.run_id)
        known = [self.job_flow_id] if str(self.job_flow_id).startswith("j-") else []
        try:
            return [each.id for each in clusters_of_run(emr, owner, NOT_ENDED)]
        except FAILURES as error:
            self.log.warning("The clusters' tags cannot be read (%s): going by their name", error)
        try:
            return named_clusters(emr, owner, NOT_ENDED)
        except FAILURES:
            if known:
                return known
            raise

    def _check(self, cluster_id: str, outcome: Outcome) -> None:
        """Raise unless the cluster has ended; where it cannot be described, the list of ended clusters says so."""
        if outcome.ended == "success" or self._listed_as_ended(cluster_id, patient=outcome.ended == "refused"):
            return
        raise AirflowException(
            f"Cluster {cluster_id} was told to terminate and is {outcome.state}: {outcome.reason or 'no reason'}. "
            f"It may still cost money. Look at it: aws emr describe-cluster --cluster-id {cluster_id}"
        )

    def _listed_as_ended(self, cluster_id: str, *, patient: bool) -> bool:
        """Look now or, if `patient`, until the deadline; from the worker, as it is for want of a permission only."""
        while True:
            with suppress(*FAILURES):
                pages = self.client("emr").get_paginator("list_clusters").paginate(ClusterStates=ENDED)
                if any(each["Id"] == cluster_id for page in pages for each in page["Clusters"]):
                    return True
            if not patient or datetime.now(UTC) >= self.deadline():
                return False
            time.sleep(self.poll_seconds)
