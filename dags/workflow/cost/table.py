"""A cost document for the task log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.cost import CostEstimate
from workflow.cost.estimate import dollars

if TYPE_CHECKING:
    from penstock.cost import CostLine, PricedDocument

HEADER = ("of", "charge", "count", "quantity", "unit", "$/unit", "$")
LEFT = frozenset({0, 1, 4})
"""Columns of words; the others are of numbers."""


def cost_table(document: PricedDocument) -> str:
    """The sum in one sentence, a row for each charge, then what is unknown and what to know."""
    rows = [HEADER, *(_row(line) for line in document.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    table = [
        "  ".join(_pad(cell, width, at) for at, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in [headline(document), *table, *_remarks(document)])


def headline(document: PricedDocument) -> str:
    """The sum, how far it goes and whose prices it is made of."""
    prices = f"prices of {document.prices_source}, {document.prices_date or 'none found'}"
    if isinstance(document, CostEstimate):
        verb = "would cost" if document.simulated else "may cost"
        amount = f"{'at least' if document.unknown else 'up to'} {dollars(document.usd)}"
        hourly = f"{dollars(document.usd_per_hour)} an hour for {document.hours:.3g} hours"
        typical = "" if document.typical_usd is None else f", typically {dollars(document.typical_usd)}"
        return f"The cluster {verb} {amount} ({hourly}{typical}; {prices})"
    verb = "would have cost" if document.simulated else "cost"
    amount = f"at least {dollars(document.usd)}" if document.unknown else dollars(document.usd)
    return f"The run {verb} {amount} ({prices})"


def _row(line: CostLine) -> tuple[str, ...]:
    price = "unknown" if line.usd_per_unit is None else f"{line.usd_per_unit:.4f}"
    usd = "unknown" if line.usd is None else f"{line.usd:.4f}"
    return (line.name, line.item, str(line.count), f"{line.quantity:.3f}", line.unit, price, usd)


def _pad(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in LEFT else cell.rjust(width)


def _remarks(document: PricedDocument) -> list[str]:
    unknown = [f"No known price, so not in the sum: {', '.join(document.unknown)}."] if document.unknown else []
    simulated = ["On a local AWS: nothing is billed."] if document.simulated else []
    return [*unknown, *simulated, *document.notes]
