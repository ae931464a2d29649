"""Measures of irises as JSON lines, one of them no number: the input of the classic example of batch prediction.

It has no publisher with an address that stays; the generated lines are drawn around the species' means.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path

SEED = 7
MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
MEANS = {"setosa": (5.0, 3.4, 1.5, 0.2), "versicolor": (5.9, 2.8, 4.3, 1.3), "virginica": (6.6, 3.0, 5.6, 2.0)}
"""Centimetres, rounded from Fisher's 150 flowers (The use of multiple measurements in taxonomic problems, 1936)."""
SPREAD = 0.1
EACH = 5


def generate(folder: Path) -> Generated:
    """Five flowers of each species, the last with a petal width that is no number."""
    draw = random.Random(SEED)  # noqa: S311 - data, not secrets
    records = [
        {name: round(draw.gauss(mean, SPREAD), 1) for name, mean in zip(MEASURES, means, strict=True)}
        for means in MEANS.values()
        for _ in range(EACH)
    ]
    lines = [json.dumps(each) for each in [*records[:-1], {**records[-1], MEASURES[-1]: "asd"}]]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "input.ldjson").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return Generated(
        detail=f"generated, seed {SEED}, 14 flowers and one that is none",
        words=f"{len(lines)} flowers around the means of the three species, the last of them with a width of 'asd'",
    )


IRIS = Origin(
    name="iris",
    title="The real irises",
    rows="flowers",
    folder="iris",
    files=("input.ldjson",),
    archive=None,
    generate=generate,
)
