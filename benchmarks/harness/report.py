"""What a side tells of itself, beside its whole time: a JSON object in the file that the harness names."""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "PENSTOCK_MEASURED"


def measured(**values: float) -> None:
    """Say in a side's process what it measured within, e.g. `measured(cold_s=10.2, warm_s=4.0)`.

    Names become columns; seconds end in `_s`, megabytes in `_mb`. Does nothing where no harness listens.
    """
    if place := os.environ.get(VARIABLE):
        Path(place).write_text(json.dumps(values), encoding="utf-8")


def read(place: Path) -> dict[str, float]:
    """What the side said; empty if it said nothing."""
    return dict(json.loads(place.read_text(encoding="utf-8"))) if place.exists() else {}
