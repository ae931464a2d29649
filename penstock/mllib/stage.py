"""What the catalogue says of one feature stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from penstock.mllib.parameters import Parameters


class Content(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CATEGORY = "category"
    """Strings or numbers that name a class."""
    TEXT = "text"
    WORDS = "words"
    """An array of strings."""
    VECTOR = "vector"
    INDEX = "index"
    """Categories as numbers from 0, which trees treat as categories; made by a stage only."""


class Shape(StrEnum):
    """How many columns a stage takes and gives."""

    EACH = "each"
    """One out for each in, all in one MLlib stage."""
    SINGLE = "single"
    """One out for each in, an MLlib stage for each."""
    MERGE = "merge"
    """Many in, one out."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One class of pyspark.ml.feature."""

    name: str
    takes: frozenset[Content]
    gives: Content
    suffix: str
    """What is added to a column's name to name the output; the output's whole name where columns are merged."""
    shape: Shape = Shape.SINGLE
    input: str = "inputCol"
    """MLlib's parameter for the column of a single stage."""
    labelled: bool = False
    """Whether it looks at the label."""
    seeded: bool = False
    params: Parameters = field(default_factory=dict)
