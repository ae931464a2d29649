"""moto's EMR with clusters that run."""

from types import SimpleNamespace
from typing import Any

import moto.emr.urls
from moto.emr.exceptions import InvalidCluster, InvalidRequestException, ValidationException

from local_aws.emr import states
from local_aws.emr.cluster import RunningCluster
from local_aws.emr.execution import ClusterRun
from local_aws.emr.instances import Group
from local_aws.emr.journal import RESTORING, Journal
from local_aws.emr.notebooks.backend import NotebookBackend
from local_aws.emr.restore import restore
from local_aws.emr.step import RunningStep


def fleet_cluster(operation: str, instead: str) -> str:
    """Return the message for a request that clusters with fleets do not take."""
    return (
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses "
        f"instance fleets. The {operation} operation does not support clusters that use instance fleets. "
        f"Use the {instead} operation instead."
    )


class Clusters(dict[str, RunningCluster]):
    """The clusters by id; asking for one that is not there is the client's mistake, not the server's."""

    def __missing__(self, cluster_id: str) -> RunningCluster:
        raise InvalidCluster(cluster_id)


class EmrBackend(NotebookBackend):
    """One region of one account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.clusters: Clusters = Clusters()  # type: ignore[assignment]

    def reset(self) -> None:
        """Forget everything, as moto's own reset does; what runs is ended first."""
        for cluster in list(self.clusters.values()):
            cluster.end("USER_REQUEST")
            cluster.journal.forget()
        self.forget_notebooks()
        super().reset()

    @property
    def _url_module(self) -> Any:
        from local_aws.emr.responses import EmrResponse  # noqa: PLC0415 - it needs this module

        return SimpleNamespace(
            url_bases=moto.emr.urls.url_bases, url_paths=dict.fromkeys(moto.emr.urls.url_paths, EmrResponse.dispatch)
        )

    def run_job_flow(self, **kwargs: Any) -> RunningCluster:
        """Make a cluster that does nothing yet: its instances and tags are still to come."""
        attrs = kwargs["instance_attrs"]
        groups = ("emr_managed_master", "emr_managed_slave", "service_access")
        managed = self._manage_security_groups(**attrs)
        attrs |= {f"{name}_security_group": group for name, group in zip(groups, managed, strict=True)}
        past = RESTORING.get()
        return RunningCluster(self, cluster_id=past.id if past else None, **kwargs)  # type: ignore[abstract]

    def add_instance_groups(self, cluster_id: str, instance_groups: list[dict[str, Any]]) -> list[Group]:  # type: ignore[override]
        """Add groups and their instances."""
        cluster = self.clusters[cluster_id]
        groups = []
        for request in instance_groups:
            group = Group(cluster, request)  # type: ignore[abstract]
            self._check_role(cluster, group.role)
            cluster.add_instance_group(group)
            self.instance_groups[group.id] = group
            group.grow(group.num_instances, group.instance_type, group.market)
            groups.append(group)
        return groups

    @staticmethod
    def _check_role(cluster: RunningCluster, role: str) -> None:
        taken = {"MASTER": cluster.master_instance_group_id, "CORE": cluster.core_instance_group_id}
        if cluster.fleets:
            raise InvalidRequestException(fleet_cluster("AddInstanceGroups", "AddInstanceFleet"))
        if taken.get(role):
            raise ValidationException(f"The cluster already has a {role.lower()} instance group.")

    def run_instances(self, *_: Any, **__: Any) -> None:
        """Do nothing: groups come with their instances."""

    def launch(self, cluster: RunningCluster, request: dict[str, Any]) -> None:
        """Let a complete cluster run, or give a cluster that comes back its past."""
        folder = self.runtime.settings.clusters
        folder.mkdir(parents=True, exist_ok=True)
        journal, past = Journal(folder / f"{cluster.id}.jsonl"), RESTORING.get()
        if past:
            restore(cluster, past, journal)
            return
        cluster.keep_journal(journal, request)
        ClusterRun(cluster, self.runtime).launch()

    def discard_unlaunched(self, creator: int) -> None:
        """Drop the cluster of a request that was rejected half-way."""
        for cluster in list(self.clusters.values()):
            if cluster.creator == creator and not cluster.launched:
                cluster.release_instances()
                del self.clusters[cluster.id]

    def describe_step(self, cluster_id: str, step_id: str) -> RunningStep:
        """Return a step; raise InvalidRequestException if the cluster has none of that id."""
        for step in self.clusters[cluster_id].steps:
            if step.id == step_id and isinstance(step, RunningStep):
                return step
        raise InvalidRequestException(f"Step id '{step_id}' is not valid.")

    def cancel_steps(self, cluster_id: str, step_ids: list[str], *, kill: bool) -> list[dict[str, str]]:
        """Cancel what can be cancelled and say of each step whether it was."""
        cluster = self.clusters[cluster_id]
        answers = []
        with cluster.changed:
            for step_id in step_ids:
                step = self.describe_step(cluster_id, step_id)
                if step.state in states.UNFINISHED_STEP:
                    cluster.cancel([step], kill=kill, reason="Cancelled by user")
                    answers.append({"StepId": step_id, "Status": "SUBMITTED"})
                else:
                    reason = f"Cannot cancel step in state {step.state}"
                    answers.append({"StepId": step_id, "Status": "FAILED", "Reason": reason})
        return answers

    def modify_cluster(self, cluster_id: str, step_concurrency_level: int) -> RunningCluster:
        """Change how many steps run at once, at once."""
        cluster = self.clusters[cluster_id]
        with cluster.changed:
            if cluster.state in states.ENDING:
                raise ValidationException("A terminating or terminated cluster may not be modified.")
            cluster.step_concurrency_level = step_concurrency_level
            cluster.changed.notify_all()
        return cluster

    def list_clusters(self, *args: Any, **kwargs: Any) -> list[RunningCluster]:  # type: ignore[override]
        """Return the clusters that the filters let through, the newest first."""
        found: list[Any] = super().list_clusters(*args, **kwargs)
        return sorted(found, key=lambda cluster: cluster.creation_datetime, reverse=True)

    def set_auto_termination(self, cluster_id: str, policy: dict[str, int] | None) -> None:
        """Give a cluster another idle timeout, or none."""
        cluster = self.clusters[cluster_id]
        with cluster.changed:
            cluster.auto_termination_policy = policy
            cluster.changed.notify_all()
