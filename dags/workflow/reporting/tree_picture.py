"""A decision tree, drawn from the left: its first levels, for the rest there is its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from penstock.run_report import ModelRecord
    from workflow.reporting.figure import Figure


def tree_figure(slug: str, record: ModelRecord) -> Figure | None:
    """The picture of a single tree."""
    return None
