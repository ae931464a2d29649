"""The faults that were ordered: which calls, clusters and steps they are for, and how often they still happen."""

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

CALL = ("service", "operation", "times")
CLUSTER = ("cluster", "times", "after")
STEP = ("cluster", "step", "times", "after")

# What each kind does, and which members of an order mean something to it.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "throttle": ("API calls are answered with ThrottlingException", CALL),
    "deny": ("API calls are answered with AccessDeniedException", CALL),
    "error": ("API calls are answered with a server error (--status)", (*CALL, "status")),
    "delay": ("API calls are answered after --seconds", (*CALL, "seconds")),
    "bootstrap-failure": ("a cluster fails to bootstrap", ("cluster", "times")),
    "step-crash": ("a step's processes are killed --after seconds", STEP),
    "step-hang": ("a step's processes are frozen --after seconds", STEP),
    "spot-interruption": ("a cluster loses its master and ends with errors", CLUSTER),
    "worker-killed": ("a cluster loses one core or task instance and what runs on it", CLUSTER),
    "s3-unavailable": ("S3 answers 503 for --seconds, or until cleared", ("seconds",)),
}


class FaultError(ValueError):
    """An order that makes no sense; the message says why."""


@dataclass(kw_only=True)
class Fault:
    """One order. Names are patterns (``*`` and ``?``); ``times`` 0 is: until cleared; ``hits`` counts."""

    kind: str
    service: str = "*"
    operation: str = "*"
    cluster: str = "*"
    step: str = "*"
    times: int = 1
    after: float = 0.0
    seconds: float = 0.0
    status: int = 500
    id: str = ""
    hits: int = 0

    @property
    def spent(self) -> bool:
        """Whether the fault has happened as often as was ordered."""
        return 0 < self.times <= self.hits

    def fits(self, subject: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether it is for a subject: for each pattern, the names that it may match."""
        return all(any(fnmatchcase(name, getattr(self, key)) for name in names) for key, names in subject.items())

    def describe(self) -> dict[str, Any]:
        """Return what matters of it for its kind."""
        return {
            name: value for name, value in asdict(self).items() if name in {"id", "kind", "hits", *KINDS[self.kind][1]}
        }


@dataclass
class Faults:
    """All orders of one server; safe to use from several threads."""

    on_change: list[Callable[[Fault, bool], None]] = field(default_factory=list)
    _orders: dict[str, Fault] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def add(self, order: Mapping[str, Any]) -> Fault:
        """Take an order; raise FaultError if it makes no sense."""
        fault = parse_order(order)
        with self._lock:
            fault.id = f"f-{next(self._numbers)}"
            self._orders[fault.id] = fault
        for announce in self.on_change:
            announce(fault, True)  # noqa: FBT003 - added or not
        return fault

    def all(self) -> list[Fault]:
        """Return every order that has not been cleared, the oldest first."""
        with self._lock:
            return list(self._orders.values())

    def clear(self, fault_id: str | None = None) -> int:
        """Undo and forget one order, or all; return how many."""
        gone = [fault for fault in self.all() if fault_id in {None, fault.id}]
        for fault in gone:
            for announce in self.on_change:
                announce(fault, False)  # noqa: FBT003 - added or not
            with self._lock:
                self._orders.pop(fault.id, None)
        return len(gone)

    def take(self, *kinds: str, **subject: tuple[str, ...]) -> Fault | None:
        """Return the oldest order for the subject that is not spent, and count it; nothing if there is none."""
        with self._lock:
            for fault in self._orders.values():
                if fault.kind in kinds and not fault.spent and fault.fits(subject):
                    fault.hits += 1
                    return fault
        return None

    def any(self, *kinds: str) -> bool:
        """Whether an order of these kinds is not spent."""
        return any(fault.kind in kinds and not fault.spent for fault in list(self._orders.values()))


def parse_order(order: Mapping[str, Any]) -> Fault:
    """Return the fault that an order describes; raise FaultError naming what is wrong with it."""
    kind = order.get("kind")
    if kind not in KINDS:
        raise FaultError(f"no fault of kind {kind!r}: one of {', '.join(KINDS)}")
    meant = KINDS[kind][1]
    for name in order.keys() - {"kind"}:
        if name not in meant:
            raise FaultError(f"a {kind} fault has no {name!r}: it takes {', '.join(meant)}")
    types = {item.name: type(item.default) for item in fields(Fault)}
    for name, value in order.items():
        number = types[name] is float and isinstance(value, int)
        if name != "kind" and (isinstance(value, bool) or not (number or isinstance(value, types[name]))):
            raise FaultError(f"{name} must be {types[name].__name__}, got {value!r}")
    if any(order.get(name, 0) < 0 for name in ("times", "after", "seconds")):
        raise FaultError("times, after and seconds must not be negative")
    return Fault(**order)
