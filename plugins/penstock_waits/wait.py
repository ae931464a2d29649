"""Waiting as data: what to ask, which states are final, and what to call when nobody wants the answer any more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jmespath

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Call:
    """One API call: boto3's method of a service's client, and its arguments."""

    service: str
    method: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        """As a log line names it."""
        return f"{self.service}.{self.method}"


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Ask `look` every `poll_seconds` until `state` (JMESPath into the answer) is final or `deadline` has passed.

    Any state that is neither in `success` nor in `failure` is taken for unfinished. `cancel` is called when a user
    ends the task; `progress_uri` is where the work says how far it is, empty for nowhere.
    """

    what: str
    look: Call
    state: str
    reason: str
    success: list[str]
    failure: list[str]
    deadline: datetime
    poll_seconds: float
    cancel: Call | None = None
    progress_uri: str = ""

    def read(self, answer: Mapping[str, Any]) -> tuple[str, str]:
        """State and reason in an answer of `look`; the reason is empty unless AWS gives one."""
        reason = jmespath.search(self.reason, answer)
        return str(jmespath.search(self.state, answer)), " ".join(str(each) for each in reason or () if each)

    def to_json(self) -> dict[str, Any]:
        """As a trigger stores it."""
        return {**asdict(self), "deadline": self.deadline.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wait:
        """The inverse of `to_json`."""
        calls = {name: Call(**data[name]) if data[name] else None for name in ("look", "cancel")}
        return cls(**{**data, **calls, "deadline": datetime.fromisoformat(data["deadline"])})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a wait ended; `state` is the last that was seen."""

    ended: str
    """`success`, `failure`, `timeout`, or `refused` when AWS would not say."""
    state: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """As a trigger's event carries it."""
        return asdict(self)
