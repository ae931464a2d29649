"""A picture with what it says in words and the numbers behind it, for who looks, who listens and who reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.reporting.words import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

_NUMERIC = re.compile(r"[-+<$]*\d.*")
MOST_ROWS = 24
"""Of a picture's table: a curve's points are thinned to so many."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table: its rows' first cell names the row."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: frozenset[int] = field(default_factory=frozenset)
    """Rows that are set off, such as the one that was chosen; the row says so in words too."""

    def numeric(self, column: int) -> bool:
        """Whether the column holds numbers, which stand at the right."""
        cells = [row[column] for row in self.rows if row[column] not in ("", NONE)]
        return column > 0 and bool(cells) and all(_NUMERIC.fullmatch(each) for each in cells)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One picture of the page."""

    title: str
    says: str
    svg: Markup
    grid: Grid
    wide: bool = False
    """It keeps its width and scrolls within its own box on a small screen."""
    tall: bool = False
    """It stands beside two others where there is room."""


def thinned(count: int, most: int = MOST_ROWS, keep: int | None = None) -> list[int]:
    """The indices of at most `most` of so many points, evenly, with both ends and `keep`."""
    if count <= most:
        return list(range(count))
    picked = {round(each * (count - 1) / (most - 1)) for each in range(most)}
    return sorted(picked | ({keep} if keep is not None else set()))
