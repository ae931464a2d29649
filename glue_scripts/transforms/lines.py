"""Lines to fields: nothing is dropped, a line that does not fit says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from glue_scripts.transforms.rules import Rule
from penstock.jobs import SourceFormat

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LONGEST_LINE = 4_096
"""Characters. Longer lines are refused unparsed: Spark's CSV parser fails the whole job at 20,480 columns."""
REPEATED_HEADER = "repeated header"
_CORRUPT = "corrupt"


def readable(line: Column) -> Column:
    """UTF-8 as it is; a line that is not UTF-8 read as ISO-8859-1, as MovieLens 1M writes its titles."""
    raw = line.cast("binary")
    return F.when(F.encode(line, "UTF-8") == raw, line).otherwise(F.decode(raw, "ISO-8859-1"))


def with_fields(lines: DataFrame, columns: tuple[str, ...], source_format: SourceFormat) -> DataFrame:
    """(file, line, is_header, fields): `fields` is a struct of strings, NULL where the line has none."""
    short = F.when(F.length("line") <= LONGEST_LINE, F.col("line"))
    parse = _parse_csv if source_format is SourceFormat.CSV else _parse_dat
    return lines.withColumn("fields", parse(short, columns))


def line_rules(columns: tuple[str, ...], source_format: SourceFormat) -> list[Rule]:
    """What a line must keep before its fields are looked at."""
    line = F.col("line")
    quotes = F.length(line) - F.length(F.replace(line, F.lit('"'), F.lit("")))
    unbalanced = [Rule(reason="unbalanced quote", broken=quotes % 2 == 1)] if source_format is SourceFormat.CSV else []
    return [
        Rule(reason=REPEATED_HEADER, broken=F.col("is_header")),
        blank_line(),
        Rule(reason=f"longer than {LONGEST_LINE} characters", broken=F.length(line) > LONGEST_LINE),
        *unbalanced,
        Rule(reason=f"not {len(columns)} columns", broken=F.col(f"fields.{_CORRUPT}").isNotNull()),
    ]


def blank_line() -> Rule:
    """The line has a character that is not a blank."""
    return Rule(reason="blank line", broken=F.col("line").rlike(r"^\s*$"))


def _parse_csv(line: Column, columns: tuple[str, ...]) -> Column:
    schema = ", ".join(f"{name} string" for name in (*columns, _CORRUPT))
    options = {"quote": '"', "escape": '"', "mode": "PERMISSIVE", "columnNameOfCorruptRecord": _CORRUPT}
    return F.from_csv(line, schema, options)


def _parse_dat(line: Column, columns: tuple[str, ...]) -> Column:
    parts = F.split(line, "::")
    fields = [F.get(parts, F.lit(index)).alias(name) for index, name in enumerate(columns)]
    return F.struct(*fields, F.when(F.size(parts) != len(columns), line).alias(_CORRUPT))
