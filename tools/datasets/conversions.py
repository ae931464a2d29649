"""Rows of 692 sparse features that say yes or no, as LibSVM text.

The real files are handwritten digits, 0 against 1, as they go around in many projects' examples. Nobody publishes the
two parts at an address that stays, with a digest to hold them to: so they are not downloaded, and come from
PENSTOCK_DATA or are generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.datasets import sparse
from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path


def _generate(folder: Path) -> Generated:
    shape = sparse.generate(folder)
    return Generated(
        detail=f"generated, seed {shape.seed}, {shape.repeated} of {shape.test} test rows repeat a training row",
        words=(
            f"{shape.train} + {shape.test} rows of {shape.features} features, {shape.repeated} of the test rows copied "
            "from the training rows, as in the real files"
        ),
    )


CONVERSIONS = Origin(
    name="conversions",
    title="The real LibSVM files",
    rows="examples",
    folder="libsvm",
    files=("train.libsvm", "test.libsvm"),
    archive=None,
    generate=_generate,
)
