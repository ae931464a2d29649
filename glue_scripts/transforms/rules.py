"""Rules as data: a reason and a predicate; the first broken rule is why a row is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column

INT32_MAX = 2**31 - 1
"""MLlib's ALS takes 32-bit ids."""
_INTEGER, _NUMBER = r"^\s*[+-]?\d+\s*$", r"^\s*[+-]?\d+(\.\d+)?\s*$"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`broken` is true for rows to refuse; false and NULL both keep the row."""

    reason: str
    broken: Column


def first_broken(rules: Sequence[Rule]) -> Column:
    """The reason of the first broken rule, NULL for a good row."""
    return F.coalesce(*[F.when(rule.broken, F.lit(rule.reason)) for rule in rules])


def as_bigint(name: str) -> Column:
    """The field as a 64-bit integer, NULL if it is none."""
    return F.expr(f"try_cast(fields.{name} AS bigint)")


def as_double(name: str) -> Column:
    """The field as a number, NULL if it is none."""
    return F.expr(f"try_cast(fields.{name} AS double)")


def integer_between(name: str, low: int, high: int, *, meaning: str = "") -> list[Rule]:
    """The field is an integer in this range, bounds included; `meaning` words the range for people."""
    value = as_bigint(name)
    outside = value.isNull() | (value < low) | (value > high)
    return [
        Rule(reason=f"{name} is not an integer", broken=~_matches(name, _INTEGER)),
        Rule(reason=f"{name} is not between {meaning or f'{low} and {high}'}", broken=outside),
    ]


def halves_between(name: str, low: float, high: float) -> list[Rule]:
    """The field is a number in this range, bounds included, and a multiple of one half."""
    value = as_double(name)
    return [
        Rule(reason=f"{name} is not a number", broken=~_matches(name, _NUMBER)),
        Rule(reason=f"{name} is not between {low:g} and {high:g}", broken=(value < low) | (value > high)),
        Rule(reason=f"{name} is not in halves", broken=value * 2 != F.floor(value * 2)),
    ]


def not_empty(name: str) -> Rule:
    """The field has a character that is not a blank."""
    return Rule(reason=f"{name} is empty", broken=~_matches(name, r"\S"))


def _matches(name: str, pattern: str) -> Column:
    return F.coalesce(F.col(f"fields.{name}"), F.lit("")).rlike(pattern)
