"""Lines of UCI Adult to judged rows: blanks trimmed, `?` to NULL, labels without the test file's full stop."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from glue_scripts.transforms.lines import line_rules, with_fields
from glue_scripts.transforms.rules import INT32_MAX, Rule, as_bigint, first_broken, integer_between, not_empty
from penstock.errors import DataError
from penstock.jobs import SourceFormat
from penstock.tables import ADULT

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

COLUMNS = tuple(name for name in ADULT if name != "part")
RANGES = {
    "age": (17, 90),
    "fnlwgt": (2, INT32_MAX),
    "education_num": (1, 16),
    "capital_gain": (0, 99_999),
    "capital_loss": (0, 99_999),
    "hours_per_week": (1, 99),
}
"""Who is in the data, by its own adult.names (Becker and Kohavi 1996): AAGE > 16, AFNLWGT > 1, HRSWK > 0.

The upper bounds are those of the census's own codes (CPS, March 1994): an age of 90 stands for 90 and more, hours have
two digits, dollars five, and there are 16 levels of education.
"""
CATEGORIES = tuple(name for name in COLUMNS if name not in RANGES and name != "income")
UNKNOWN = "?"
LABEL_NAMES = ("income", "salary", "class")
"""What copies of the data that have a header call the label."""
_LABEL = r"^\s*(<=50K|>50K)\.?\s*$"


def is_heading(line: str, file: str) -> bool:
    """Whether the first line is a comment (`|1x3 Cross validator`) or names the columns, instead of being a row.

    Raises DataError for a header that names other columns, or these in another order.
    """
    if line.startswith("|"):
        return True
    found = tuple(re.sub(r"\W", "_", cell.strip().lower()) for cell in next(csv.reader([line]), []))
    if COLUMNS[0] not in found:
        return False
    if found[:-1] == COLUMNS[:-1] and found[-1] in LABEL_NAMES:
        return True
    raise DataError(
        f"{file}: a header of other columns, or in another order; found {', '.join(found)}; "
        f"expected {', '.join(COLUMNS)}, or no header"
    )


def judge_adult(lines: DataFrame) -> DataFrame:
    """(the columns of ADULT but `part`, file, line, reason); `reason` is NULL for a good row.

    A category of `?` is unknown and becomes NULL; a number is never unknown in this data, so that `?` is refused there.
    """
    judged = with_fields(lines, COLUMNS, SourceFormat.CSV).withColumn("reason", first_broken(_rules()))
    return judged.select(
        *[(as_bigint(name) if name in RANGES else _text(name)).alias(name) for name in COLUMNS],
        "file",
        "line",
        "reason",
    )


def _rules() -> list[Rule]:
    label = F.coalesce(F.col("fields.income"), F.lit(""))
    return [
        *line_rules(COLUMNS, SourceFormat.CSV),
        *[rule for name, (low, high) in RANGES.items() for rule in integer_between(name, low, high)],
        *[not_empty(name) for name in CATEGORIES],
        Rule(reason="income is neither <=50K nor >50K", broken=~label.rlike(_LABEL)),
    ]


def _text(name: str) -> Column:
    if name == "income":
        return F.regexp_extract("fields.income", _LABEL, 1)
    value = F.trim(f"fields.{name}")
    return F.when(value != UNKNOWN, value)
