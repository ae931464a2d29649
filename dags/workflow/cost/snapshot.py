"""The prices that ship with the code, for connections that may not ask AWS for its own."""

from __future__ import annotations

import csv
from pathlib import Path

from workflow.cost.prices import Prices

FILE = Path(__file__).parents[1] / "prices" / "prices.csv"
COLUMNS = ("region", "service", "item", "usd", "as_of")


def snapshot(region: str, path: Path = FILE) -> Prices:
    """The rows of one region; a region without rows has no prices, so that all of it is unknown."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == region]
    return Prices(
        region=region,
        source=f"snapshot {path.name}",
        date=min((row["as_of"] for row in rows), default=""),
        usd={(row["service"], row["item"]): float(row["usd"]) for row in rows},
    )
