"""What rows must be like before a model learns from them, and what a check found.

expectations:
  - {name: adult, expression: "age BETWEEN 16 AND 100", action: quarantine}
  - {name: known_income, expression: "income IN ('<=50K', '>50K')", action: fail}
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from penstock.codec import CodecError, decode, parse_list
from penstock.documents import Document, Table


class Action(StrEnum):
    """What a row that breaks an expectation does."""

    WARN = "warn"
    """It is counted and kept."""
    QUARANTINE = "quarantine"
    """It is counted and set aside with the expectation's name; the model never sees it."""
    FAIL = "fail"
    """It is counted and fails the run."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A Spark SQL expression that is true for every row that is as it should be; null is not true."""

    name: str
    expression: str
    action: str = Action.WARN.value


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many rows broke one expectation."""

    name: str
    expression: str
    action: str
    violations: int


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """How the values of one column of the training rows are distributed.

    A number has `edges`, its inner deciles without repetitions (so at most 9), and `counts` of the bins between them,
    one more than edges: (-inf, e0), [e0, e1), ... [e8, inf). A category has `categories`, its most frequent values, and
    `other`, the rows of the rest. `nulls` are in neither; NaN counts as null.
    """

    name: str
    type: str
    rows: int
    nulls: int
    edges: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)
    other: int = 0
    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How far a column has moved from the champion's training data.

    PSI, the population stability index: sum of (new - old) * ln(new / old) over the bins' shares of the rows (Siddiqi,
    Credit Risk Scorecards, 2006, who calls less than 0.1 insignificant and more than 0.25 a major shift). Nulls are a
    bin, and so are the rows of all other categories.
    """

    column: str
    psi: float
    worst_bin: str
    """Where most of it comes from, in words, with both shares."""


@dataclass(frozen=True, kw_only=True)
class ChecksReport(Document):
    """What the check of a table found: `read` = `table.rows` + `quarantined`, exactly."""

    kind: ClassVar[str] = "checks_report"

    table: Table
    """The rows that may be learnt from."""
    read: int
    quarantined: int
    quarantine_uri: str
    outcomes: list[Outcome]
    profile: list[ColumnProfile]
    """Of the training rows that passed."""
    reference_uri: str
    schema_changes: list[str]
    """Sentences: columns that came, went, or changed their type since the champion was trained."""
    drift: list[Drift]
    """Largest first; empty without a reference."""
    warnings: list[str]
    """Sentences for people."""
    failures: list[str]
    """Sentences; a job that reports any has failed."""
    seconds: float
    code_sha: str


def parse_expectations(text: str) -> list[Expectation]:
    """The expectations of a job's argument; raises CodecError naming the place."""
    data = parse_list(text, "expectations")
    found = [decode(Expectation, each, f"expectations[{index}]") for index, each in enumerate(data)]
    for index, each in enumerate(found):
        if each.action not in list(Action):
            raise CodecError(f"expectations[{index}].action", f"got {each.action!r}; expected {', '.join(Action)}")
        if each.name in [other.name for other in found[:index]]:
            raise CodecError(f"expectations[{index}].name", f"{each.name!r} for the second time")
    return found


def parse_columns(text: str) -> list[str]:
    """The columns of a job's argument; raises CodecError naming the place."""
    data = parse_list(text, "columns")
    for index, each in enumerate(data):
        if not isinstance(each, str):
            raise CodecError(f"columns[{index}]", f"expected a column's name, got {json.dumps(each)[:80]}")
        if each in data[:index]:
            raise CodecError(f"columns[{index}]", f"{each!r} for the second time")
    return data
