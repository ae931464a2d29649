"""UCI Adult, also known as Census Income: Becker and Kohavi 1996, https://doi.org/10.24432/C5XW20, CC BY 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.datasets import census
from tools.datasets.archive import Archive
from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE = Archive(
    title="Adult (Census Income, licence CC BY 4.0)",
    publisher="UCI",
    url="https://archive.ics.uci.edu/static/public/2/adult.zip",
    files={
        "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
        "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
    },
)


def _generate(folder: Path) -> Generated:
    facts = census.generate(folder)
    return Generated(
        detail=f"generated, seed {facts.shape.seed}, Bayes accuracy {facts.bayes_accuracy}",
        words=(
            f"{facts.shape.train:,} + {facts.shape.test:,} people with a known rule; no model can be right about more "
            f"than {facts.bayes_accuracy:.2%} of them (Bayes accuracy)"
        ),
    )


ADULT = Origin(
    name="adult",
    title="UCI Adult",
    rows="people",
    folder="adult",
    files=tuple(ARCHIVE.files),
    archive=ARCHIVE,
    generate=_generate,
)
