"""Events of a shop's visitors, generated: nobody publishes some that are late and malformed in a known number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.datasets import event_files
from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path


def _generate(folder: Path) -> Generated:
    facts = event_files.generate(folder)
    bad = f"{facts.late} of them late, {sum(facts.malformed.values())} malformed"
    return Generated(
        detail=f"generated, seed {facts.shape.seed}: {facts.events:,} events, {bad}",
        words=f"{facts.events:,} events in {facts.shape.files} files, {bad}",
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
