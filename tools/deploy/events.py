"""What CloudFormation says while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

CANCELLED = "Resource creation cancelled"
"""The reason of resources that were given up because another one had failed before."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of a stack's history."""

    id: str
    stack: str
    resource: str
    type: str
    status: str
    reason: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Event:
        """From DescribeStackEvents."""
        return cls(
            id=answer["EventId"],
            stack=answer["StackName"],
            resource=answer["LogicalResourceId"],
            type=answer["ResourceType"],
            status=answer["ResourceStatus"],
            reason=answer.get("ResourceStatusReason", ""),
        )

    @property
    def failed(self) -> bool:
        """Whether the resource itself is what went wrong."""
        return self.status.endswith("_FAILED") and not self.reason.startswith(CANCELLED)


Listener = Callable[[Event], None]


class Followed:
    """Events of one stack from a moment on, each once, oldest first."""

    def __init__(self, cloud: Any, stack: str) -> None:
        self._cloud, self._stack = cloud, stack
        self._seen: set[str] = set()
        self.all: list[Event] = []

    def skip(self) -> None:
        """Leave out what has happened until now."""
        self._seen |= {each.id for each in self._unseen()}

    def next(self, stack_id: str) -> list[Event]:
        """What has happened since; by the stack's id, under which it is found when it has been deleted."""
        self._stack = stack_id
        found = list(reversed(list(self._unseen())))
        self._seen |= {each.id for each in found}
        self.all += found
        return found

    def _unseen(self) -> Iterable[Event]:
        """Newest first, as they are answered, until one that is known."""
        for page in self._cloud.get_paginator("describe_stack_events").paginate(StackName=self._stack):
            for each in map(Event.of, page["StackEvents"]):
                if each.id in self._seen:
                    return
                yield each


def first_failure(events: Iterable[Event]) -> str:
    """The first resource that failed and why: those after it fail because of it."""
    for each in events:
        if each.failed:
            return f"{each.resource} ({each.type}): {each.reason or each.status}"
    return "CloudFormation gives no reason; its console may"
