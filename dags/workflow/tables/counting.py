"""What keeps a load from replacing a table by less, or a table of somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.tables.definition import SqlTable


def refuse_other_counts(table: SqlTable, *, loaded: int, expected: int) -> None:
    """Raises DataError unless every row has arrived, and none twice."""
    if loaded != expected:
        raise DataError(
            f"{table.name} was not replaced: {loaded:,} rows were loaded, and the report counts {expected:,}. "
            "Were the files changed after the job that wrote them?"
        )


def refuse_another_table(table: SqlTable, there: Sequence[str]) -> None:
    """Raises DataError if the table that would be replaced has other columns; `there` is empty if there is none."""
    if there and list(there) != list(table.columns):
        raise DataError(
            f"{table.name} was not replaced, because it is another table: it has the columns {', '.join(there)}; "
            f"expected {', '.join(table.columns)}. Rename it, or choose another name in the workflow's YAML"
        )
