"""What one parameter of an estimator or stage accepts, by MLlib's own validators."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from penstock.errors import did_you_mean


class Kind(StrEnum):
    """The type of a value, as JSON writes it."""

    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    STRING = "string"
    INTEGERS = "integers"
    NUMBERS = "numbers"
    STRINGS = "strings"

    @property
    def item(self) -> Kind | None:
        """The type of a list's items; None for what is no list."""
        return {Kind.INTEGERS: Kind.INTEGER, Kind.NUMBERS: Kind.NUMBER, Kind.STRINGS: Kind.STRING}.get(self)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """Type, range and choices; of a list, those of its items."""

    kind: Kind
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    """Whether `low` itself is refused."""
    high_open: bool = False
    also: float | None = None
    """One value outside the range that is accepted too, such as -1 for no checkpoints."""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """Strings that are accepted beside the choices."""
    least_items: int = 0
    required: bool = False
    """Whether a recipe must name it, because MLlib has no default or the default hides what happens to rows."""
    infinite: bool = False
    """Whether "inf" and "-inf" stand for the numbers that JSON lacks."""
    enforced: bool = True
    """Whether MLlib refuses what is out of range when it is set, rather than in the middle of a fit."""

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, as the end of an error message; None if it is accepted."""
        item = self.kind.item
        if item is None:
            return None if self._accepts(self.kind, value) else self._refusal(value)
        if not isinstance(value, list) or len(value) < self.least_items:
            return f"got {show(value)}; expected {self.expected()}"
        wrong = next((each for each in value if not self._accepts(item, each)), None)
        return None if wrong is None else f"has {show(wrong)}; expected {self.expected()}"

    def expected(self) -> str:
        """What is accepted, in words."""
        item = self.kind.item
        if item is None:
            return _ARTICLES[self.kind] + self._limits()
        least = f" of at least {self.least_items}" if self.least_items else ""
        infinite = ', "-inf" or "inf"' if self.infinite else ""
        return f"a list{least} of {self.kind}{self._limits()}{infinite}"

    def value(self, value: object) -> object:
        """An accepted value as MLlib takes it: floats where floats are wanted."""
        if self.kind is Kind.NUMBER:
            return float(value)  # type: ignore[arg-type]
        if self.kind is Kind.NUMBERS:
            return [float(each) for each in value]  # type: ignore[attr-defined]
        return value

    def _accepts(self, kind: Kind, value: object) -> bool:
        if kind is Kind.STRING:
            return isinstance(value, str) and self._spells(value)
        if kind is Kind.FLAG:
            return isinstance(value, bool)
        if self.infinite and value in ("inf", "-inf"):
            return True
        wanted = int if kind is Kind.INTEGER else (int, float)
        return isinstance(value, wanted) and not isinstance(value, bool) and self._in_range(value)

    def _in_range(self, value: float) -> bool:
        if not math.isfinite(value):
            return False
        if self.also is not None and value == self.also:
            return True
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below

    def _spells(self, value: str) -> bool:
        anything = not self.choices and not self.pattern
        return anything or value in self.choices or bool(self.pattern and re.fullmatch(self.pattern, value))

    def _refusal(self, value: object) -> str:
        if self.choices and isinstance(value, str):
            return f"got {show(value)}; {did_you_mean(value, self.choices)}"
        return f"got {show(value)}; expected {self.expected()}"

    def _limits(self) -> str:
        if self.choices:
            return f", one of {', '.join(self.choices)}"
        low = None if self.low is None else f"{'above' if self.low_open else 'from'} {self.low:g}"
        high = None if self.high is None else f"{'below' if self.high_open else 'to'} {self.high:g}"
        also = "" if self.also is None else f", or {self.also:g}"
        return "".join(f" {each}" for each in (low, high) if each) + also


_ARTICLES = {
    Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
    Kind.FLAG: "true or false",
    Kind.STRING: "a string",
}
Parameters = Mapping[str, Parameter]


def integer(low: int | None = None, high: int | None = None, *, also: int | None = None) -> Parameter:
    """An integer of an inclusive range."""
    return Parameter(kind=Kind.INTEGER, low=low, high=high, also=also)


def number(low: float | None = None, high: float | None = None, *, also: float | None = None) -> Parameter:
    """A number of an inclusive range."""
    return Parameter(kind=Kind.NUMBER, low=low, high=high, also=also)


def above(low: float, high: float | None = None, *, high_open: bool = False) -> Parameter:
    """A number greater than `low`."""
    return Parameter(kind=Kind.NUMBER, low=low, low_open=True, high=high, high_open=high_open)


def flag() -> Parameter:
    """True or false."""
    return Parameter(kind=Kind.FLAG)


def choice(*choices: str, required: bool = False, pattern: str = "") -> Parameter:
    """One of some words."""
    return Parameter(kind=Kind.STRING, choices=choices, required=required, pattern=pattern)


def show(value: object) -> str:
    """A value as JSON, shortened."""
    return json.dumps(value, default=str, ensure_ascii=False)[:80]
