"""One side of benchmarks/trees.py: fit, as a recipe's job does, and count right answers on the held-out rows."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

from harness.report import measured  # noqa: E402
from penstock.recipe.rules import read_recipe  # noqa: E402
from sides.session import processor_seconds, start  # noqa: E402

ESTIMATORS: dict[str, dict[str, Any]] = {
    "tree": {"name": "DecisionTreeClassifier", "params": {"maxDepth": 10}},
    "one": {
        "name": "SparkXGBClassifier",
        "params": {"n_estimators": 1, "max_depth": 10, "learning_rate": 1.0, "max_bin": 32},
    },
    "gbt": {"name": "GBTClassifier", "params": {"maxIter": 20, "maxDepth": 5, "stepSize": 0.3}},
    "boosted": {
        "name": "SparkXGBClassifier",
        "params": {"n_estimators": 20, "max_depth": 5, "learning_rate": 0.3, "max_bin": 32},
    },
}
"""MLlib's 32 bins on both sides."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=list(ESTIMATORS), required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--memory", required=True)
    options = parser.parse_args()
    spark = start(options.cores, options.memory)
    from spark_jobs.columns import check_label  # noqa: PLC0415 - imports Spark
    from spark_jobs.search import prepared  # noqa: PLC0415

    table = spark.read.parquet(options.table)
    names = [name for name in table.columns if name not in ("label", "held_out")]
    recipe = read_recipe(
        {
            "problem": "binary",
            "label": {"column": "label", "positive": "1.0"},
            "columns": {"number": names},
            "stages": [{"stage": "VectorAssembler", "columns": names, "params": {"handleInvalid": "error"}}],
            "estimator": ESTIMATORS[options.side],
        }
    )
    training, held_out = table.where("NOT held_out").drop("held_out"), table.where("held_out")
    began, before = time.monotonic(), processor_seconds()
    with prepared(training, recipe, check_label(training, recipe), [{}]) as ready:
        model = ready.fit(recipe, {})
        seconds, processor = time.monotonic() - began, processor_seconds() - before
        judged = model.transform(ready.stages.transform(held_out))
        right = judged.where("prediction = penstock_label").count() / judged.count()
    measured(fit_s=seconds, processor_s=processor, accuracy=right)
    spark.stop()


if __name__ == "__main__":
    main()
