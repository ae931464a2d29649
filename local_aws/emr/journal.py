"""What happened to each cluster, line by line in a file, so that the next server knows the clusters of this one.

The first line holds the RunJobFlow request; it is answered again when the file is read, by the same code.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from local_aws.parameters import plain

if TYPE_CHECKING:
    from local_aws.emr.cluster import RunningCluster
    from local_aws.emr.step import RunningStep


@dataclass(kw_only=True)
class Past:
    """A cluster of an earlier server, as its file tells it."""

    id: str
    account: str
    region: str
    created: datetime
    request: dict[str, Any]
    tags: dict[str, str] | None = None
    moves: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The last state that is known."""
        return self.moves[-1]["state"] if self.moves else "STARTING"

    def add(self, event: dict[str, Any]) -> None:
        """Take in what happened next."""
        if "steps" in event:
            self.steps |= {step["id"]: step | {"moves": []} for step in event["steps"]}
        elif "step" in event:
            self.steps[event["step"]]["moves"].append(event)
        elif "tags" in event:
            self.tags = event["tags"]
        else:
            self.moves.append(event)


# The cluster that is being brought back by the request at hand, if one is.
RESTORING: ContextVar[Past | None] = ContextVar("RESTORING", default=None)


class Journal:
    """The file of one cluster; without a path nothing is written."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path

    def begin(self, cluster: "RunningCluster", request: dict[str, Any], account: str, region: str) -> None:
        """Write what the cluster is made of."""
        created = cluster.creation_datetime.isoformat()
        kept = {name: value for name, value in request.items() if name != "Steps"}
        self.write(id=cluster.id, account=account, region=region, created=created, request=kept)
        self.added(cluster.steps)

    def write(self, **event: Any) -> None:
        """Add a line; it is in the file even if the server is killed right afterwards."""
        if self.path:
            with self.path.open("a") as file:
                file.write(json.dumps(event, default=str) + "\n")

    def forget(self) -> None:
        """Delete the file and write no more."""
        path, self.path = self.path, None
        if path:
            path.unlink(missing_ok=True)

    def added(self, steps: Iterable["RunningStep"]) -> None:
        """Steps were added."""
        self.write(
            steps=[
                {
                    "id": step.id,
                    "created": step.creation_date_time.isoformat(),
                    "name": step.name,
                    "action_on_failure": step.action_on_failure,
                    "hadoop_jar_step": plain(step.hadoop_jar_step),
                }
                for step in steps
            ]
        )

    def moved(self, state: str, reason: dict[str, str]) -> None:
        """The cluster went to a state."""
        self.write(state=state, reason=reason, at=utcnow().isoformat())

    def step_moved(self, step: "RunningStep") -> None:
        """A step went to a state."""
        more = {"failure": step.failure, "cancel_reason": step.cancel_reason}
        self.write(step=step.id, state=step.state, at=utcnow().isoformat(), **more)


def read_past(folder: Path) -> Iterator[Past]:
    """Yield the clusters of earlier servers, the oldest first; a line that a kill cut off is passed over."""
    found = []
    for path in folder.glob("*.jsonl"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            first, *events = path.read_text().splitlines()
            head = json.loads(first)
            past = Past(**head | {"created": datetime.fromisoformat(head["created"])})
            found.append(past)
            for event in events:
                past.add(json.loads(event))
    yield from sorted(found, key=lambda past: past.created)
