"""Events of a shop's visitors as files of JSON lines, made up by a known rule; some come late, some are malformed.

Because the rule is known, so is what a stream must count, however it cuts the files into batches: an event comes at
most `on_time_minutes` after it happened, or days after. The late ones begin with the file `first_late`: they are late
in every cut but one whose first batch goes beyond the files before it, when there is no watermark yet.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = {"view": 0.7, "search": 0.15, "add_to_cart": 0.1, "purchase": 0.05}
"""Names, and how often each is taken."""
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
_MALFORMED = (
    ("not a JSON object", lambda text: text[: len(text) // 2]),
    ("not a JSON object", lambda text: f"[{text}]"),
    ("no action", lambda text: text.replace('"action"', '"act"')),
    ("no event_time in ISO 8601 with a zone", lambda text: text.replace("+00:00", "")),
    ("no event_time in ISO 8601 with a zone", lambda text: text.replace("2024-0", "2024-9")),
    ("event_time after its arrival", lambda text: text.replace("2024-0", "9024-0")),
)
"""Why an event is refused, and how it is spoilt."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How many events, over what time, and how many of them are no good."""

    files: int = 48
    events_per_file: int = 250
    minutes_per_file: float = 30.0
    on_time_minutes: float = 8.0
    """How long after an event it comes at the most, if it is not late: less than a watermark's delay."""
    late: int = 120
    first_late: int = 8
    malformed: int = 60
    seed: int = 42


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was generated; `windows` are events by window of an hour, as its ISO time, and action."""

    shape: Shape
    events: int
    late: int
    malformed: dict[str, int]
    windows: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        """Events that are neither late nor malformed."""
        return self.events - self.late - sum(self.malformed.values())


def names(shape: Shape | None = None) -> tuple[str, ...]:
    """The files, in the order in which they arrive."""
    return tuple(f"events-{number:04d}.jsonl" for number in range((shape or Shape()).files))


def generate(folder: Path, shape: Shape | None = None) -> Facts:
    """Write the files and facts.json into `folder`; equal shapes give equal bytes."""
    shape = shape or Shape()
    random = np.random.default_rng(shape.seed)
    total = shape.files * shape.events_per_file
    late, spoilt = _special(random, shape, total)
    windows: Counter[tuple[str, str]] = Counter()
    malformed: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names(shape)):
        lines = []
        for place in range(number * shape.events_per_file, (number + 1) * shape.events_per_file):
            happened, action = _event(random, shape, number, late=place in late)
            text = _line(random, place, happened, action)
            if place in spoilt:
                reason, spoil = _MALFORMED[spoilt[place]]
                malformed[reason] += 1
                text = spoil(text)
            elif place not in late:
                windows[_hour(happened), action] += 1
            lines.append(text)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    facts = Facts(
        shape=shape, events=total, late=len(late), malformed=dict(sorted(malformed.items())), windows=_nested(windows)
    )
    (folder / "facts.json").write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    return facts


def _special(random: np.random.Generator, shape: Shape, total: int) -> tuple[set[int], dict[int, int]]:
    """Which events are late, and which are spoilt how: no event is both."""
    chosen = random.permutation(total)
    may_be_late = chosen[chosen >= shape.first_late * shape.events_per_file]
    late = {int(each) for each in may_be_late[: shape.late]}
    others = [int(each) for each in chosen if int(each) not in late][: shape.malformed]
    return late, {place: index % len(_MALFORMED) for index, place in enumerate(others)}


def _event(random: np.random.Generator, shape: Shape, number: int, *, late: bool) -> tuple[datetime, str]:
    """When it happened, and what: it arrives while its file is open."""
    arrives = BEGIN + timedelta(minutes=shape.minutes_per_file * (number + float(random.random())))
    delay = timedelta(minutes=shape.on_time_minutes * float(random.random()))
    stuck = timedelta(days=float(random.uniform(1, 3)))
    happened = BEGIN - stuck if late else arrives - delay
    return happened, str(random.choice(list(ACTIONS), p=list(ACTIONS.values())))


def _line(random: np.random.Generator, place: int, happened: datetime, action: str) -> str:
    event = {
        "event_id": f"{place:08d}",
        "user_id": int(random.integers(1, 1000)),
        "action": action,
        "event_time": happened.isoformat(timespec="milliseconds"),
    }
    return json.dumps(event)


def _hour(moment: datetime) -> str:
    return moment.replace(minute=0, second=0, microsecond=0).isoformat()


def _nested(windows: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (hour, action), count in sorted(windows.items()):
        found.setdefault(hour, {})[action] = count
    return found
