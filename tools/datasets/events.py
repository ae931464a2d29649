"""Events of a shop's visitors. Nobody publishes some that are late and malformed in a known number: they are generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.datasets import event_files
from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path


def _generate(folder: Path) -> Generated:
    facts = event_files.generate(folder)
    malformed = sum(facts.malformed.values())
    return Generated(
        detail=f"generated, seed {facts.shape.seed}: {facts.counted:,} to count, {facts.late} late, {malformed} malformed",
        words=f"{facts.events:,} events in {facts.shape.files} files, {facts.late} of them late, {malformed} malformed",
    )


EVENTS = Origin(
    name="events",
    title="Real events",
    rows="events",
    folder="events",
    files=event_files.names(),
    archive=None,
    generate=_generate,
)
"""Always generated, even where PENSTOCK_DATA names a folder."""
