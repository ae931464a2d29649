"""A cluster: moto's, with states that follow what its processes do."""

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.ec2.exceptions import InvalidInstanceIdError
from moto.emr.exceptions import ValidationException
from moto.emr.models import Cluster

from local_aws.emr import states
from local_aws.emr.journal import Journal
from local_aws.emr.step import RunningStep
from local_aws.engine.base import LocalEngine

if TYPE_CHECKING:
    from local_aws.emr.instances import Fleet, Node
    from local_aws.emr.notebooks.notebook import NotebookExecution
    from local_aws.processes import Process

MOST_UNFINISHED_STEPS = 256


@dataclass(frozen=True)
class Ending:
    """Why a cluster ends, and the state it ends in."""

    code: str
    message: str
    state: str


class RunningCluster(Cluster):
    """A cluster that is executed by a ``ClusterRun``. ``changed`` guards it and announces every change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.changed = threading.Condition()
        self.creator = threading.get_ident()
        self.launched = False
        self.journal = Journal()
        self.engine = LocalEngine()
        self.ending: Ending | None = None
        self.reason: dict[str, str] = {}
        self.bootstrap_process: Process | None = None
        self.idle_since = time.monotonic()
        self.auto_termination_policy: dict[str, int] | None = None
        self.managed_scaling_policy: dict[str, Any] | None = None
        self.fleets: list[Fleet] = []
        self.notebooks: list[NotebookExecution] = []
        self.unhealthy_node_replacement: bool | None = None
        self.steps: list[RunningStep]  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        # Parsed requests fold the case of keys, which property names need.
        self.plain_configurations = [item.original_dict() for item in kwargs.get("configurations") or []]

    # What moto's constructor does in one go is done by ClusterRun, in time.

    def start_cluster(self) -> None:
        """Begin in STARTING."""
        self.state = "STARTING"
        self.start_datetime = utcnow()
        self.reason = {"Message": states.MESSAGES["STARTING"]}

    def run_bootstrap_actions(self) -> None:
        """Leave them to the cluster's run."""

    def add_steps(self, steps: list[dict[str, Any]]) -> list[RunningStep]:  # type: ignore[override]
        """Queue steps; raise ValidationException when the cluster takes no more."""
        with self.changed:
            if getattr(self, "state", None) in states.ENDING:
                raise ValidationException(
                    "A job flow that is shutting down, terminated, or finished may not be modified."
                )
            unfinished = sum(step.state in states.UNFINISHED_STEP for step in self.steps)
            if unfinished + len(steps) > MOST_UNFINISHED_STEPS:
                raise ValidationException(
                    "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') "
                    "for cluster exceeded."
                )
            added = [RunningStep(**step) for step in steps]
            self.steps.extend(added)
            for step in added:
                step.journal = self.journal
            self.journal.added(added)
            self.changed.notify_all()
        return added

    def keep_journal(self, journal: Journal, request: dict[str, Any]) -> None:
        """Write down what the cluster is made of, and from now on what happens to it."""
        backend = self.emr_backend
        journal.begin(self, request, backend.account_id, backend.region_name)
        self.journal = journal
        for step in self.steps:
            step.journal = journal

    def set_tags(self, tags: dict[str, str]) -> None:
        """Have these tags and no others."""
        self._tags = dict(tags)

    def add_tags(self, tags: dict[str, str]) -> None:
        """Add tags."""
        super().add_tags(tags)
        self.journal.write(tags=self._tags)

    def remove_tags(self, tag_keys: list[str]) -> None:
        """Remove tags."""
        super().remove_tags(tag_keys)
        self.journal.write(tags=self._tags)

    def move(self, state: str, reason: dict[str, str] | None = None) -> None:
        """Go to a new state, unless the cluster is in it already."""
        if state == self.state:
            return
        self.state = states.follow(states.CLUSTER, str(self.state), state)
        self.reason = reason or {"Message": states.MESSAGES[state]}
        if state in {"RUNNING", "WAITING"} and self.ready_datetime is None:
            self.ready_datetime = utcnow()
        if state == "WAITING":
            self.idle_since = time.monotonic()
        if state in states.TERMINATED:
            self.end_datetime = utcnow()
        self.journal.moved(state, self.reason)
        self.changed.notify_all()

    def end(self, code: str, *, message: str | None = None, state: str = "TERMINATED") -> None:
        """Start to terminate: no step begins any more, pending ones are cancelled, running ones killed."""
        with self.changed:
            if self.state in states.ENDING:
                return
            self.ending = Ending(code, message or states.REASONS[code], state)
            self.cancel([step for step in self.steps if step.state in states.UNFINISHED_STEP], kill=True)
            for notebook in self.notebooks:
                notebook.abandon(self.ending.message)
            if self.bootstrap_process is not None:
                self.bootstrap_process.kill()
            self.move("TERMINATING", {"Code": code, "Message": self.ending.message})
            if not self.launched:  # made by CloudFormation: there is no run that would end it
                self.release_instances()
                self.move(state, self.reason)

    @property
    def busy(self) -> bool:
        """Whether something runs on it that has not ended."""
        return any(step.state in states.STARTED for step in self.steps) or self.explored

    @property
    def explored(self) -> bool:
        """Whether a notebook is being executed: then the cluster is not idle, although no step runs."""
        return any(notebook.going_on for notebook in self.notebooks)

    def notebook_ended(self) -> None:
        """Begin to be idle."""
        with self.changed:
            self.idle_since = time.monotonic()
            self.changed.notify_all()

    def terminate(self) -> None:
        """Do what TerminateJobFlows asks."""
        self.end("USER_REQUEST")

    def cancel(self, steps: list[Any], *, kill: bool, reason: str | None = None) -> None:
        """Cancel unfinished steps: pending ones at once, running ones when their process has ended."""
        with self.changed:
            for step in steps:
                step.cancel_reason = reason
                if step.state == "PENDING":
                    step.move("CANCELLED")
                elif step.state == "RUNNING":
                    step.move("CANCEL_PENDING")
                if step.process is not None:
                    step.process.kill() if kill else step.process.terminate()
            self.changed.notify_all()

    @property
    def instance_collection_type(self) -> str:
        """Whether the cluster has groups or fleets."""
        return "INSTANCE_FLEET" if self.fleets else "INSTANCE_GROUP"

    @property
    def status(self) -> dict[str, Any]:
        """The shape ClusterStatus of the API."""
        return {
            "State": self.state,
            "StateChangeReason": self.reason,
            "Timeline": {
                "CreationDateTime": self.creation_datetime,
                "ReadyDateTime": self.ready_datetime,
                "EndDateTime": self.end_datetime,
            },
        }

    @property
    def nodes(self) -> list["Node"]:
        """All instances that the cluster has had, the oldest first."""
        return self.ec2_instances  # type: ignore[return-value]

    def workers(self) -> list["Node"]:
        """Return the core and task instances that are there."""
        return [node for node in self.nodes if node.pool.role != "MASTER" and node.alive]

    def worker_ids(self) -> list[str]:
        """Return the instances on which executors run, the oldest first: the master's if there are no others."""
        return [node.ec2_instance_id for node in self.workers()] or [self.master_instance_id]

    def tag(self, key: str) -> str | None:
        """Return a tag's value."""
        return self._tags.get(key)

    def resized(self) -> None:
        """Announce that instances have come or gone."""
        self.engine.reconcile()
        with self.changed:
            self.changed.notify_all()

    def lose(self, node: "Node", message: str) -> None:
        """Replace a core or task instance that is gone, so that its group or fleet keeps its size."""
        with self.changed:
            if not node.alive or self.state in states.ENDING:
                return
            node.pool.replace(node, message)
        self.resized()

    def lose_worker(self, instance_id: str) -> None:
        """Replace the instance whose worker process has ended; the master gets another process."""
        for node in self.workers():
            if node.ec2_instance_id == instance_id:
                self.lose(node, f"Instance {instance_id} failed: its worker process ended.")
                return
        self.resized()

    def release_instances(self) -> None:
        """Give the instances back to EC2, which knows them no more if it was reset."""
        ids = [node.ec2_instance_id for node in self.nodes if node.ended is None]
        if ids:
            with contextlib.suppress(InvalidInstanceIdError):
                self.emr_backend.ec2_backend.terminate_instances(ids)

    @property
    def instance_count(self) -> int:
        """How many instances were asked for, for DescribeJobFlows."""
        return sum(node.ended is None for node in self.nodes)

    @property
    def master_instance_id(self) -> str:
        """The EC2 instance on whose behalf bootstrap actions run."""
        masters = [node for node in self.nodes if node.pool.role == "MASTER"]
        return masters[0].ec2_instance_id if masters else f"i-{self.id.removeprefix('j-').lower()}"
