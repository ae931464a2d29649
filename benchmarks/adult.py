"""Boosted trees on UCI Adult, by MLlib and by xgboost.spark: how long the fit takes, and how good it is.

Usage: .venv/local/bin/python benchmarks/adult.py --data FOLDER, with adult.data and adult.test, or PENSTOCK_DATA/adult
MLlib's recipe is that of dags/specs/income_classifier.yaml; XGBoost's has the estimator of docs/recipes.md instead.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

BENCHMARKS = Path(__file__).parent
ROOT = BENCHMARKS.parent
sys.path[:0] = [str(BENCHMARKS)]

from harness.comparison import Side, compare  # noqa: E402
from harness.document import publish  # noqa: E402

SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(ROOT / ".venv/spark/bin/python"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    home = os.environ.get("PENSTOCK_DATA")
    given = {"default": Path(home, "adult")} if home else {"required": True}
    parser.add_argument("--data", type=Path, help="folder with adult.data and adult.test", **given)
    parser.add_argument("--repetitions", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sides = [side(name, recipe, options.data, Path(folder)) for name, recipe in recipes().items()]
        publish(
            "adult",
            title="Boosted trees on UCI Adult",
            command=f"python benchmarks/adult.py --data FOLDER --repetitions {options.repetitions}",
            comparison=compare(sides, repetitions=options.repetitions),
            notes="\nAccuracy on the 16,281 rows of the official test set, as the job `assess` finds it.",
        )


def recipes() -> dict[str, dict[str, Any]]:
    spec = yaml.safe_load((ROOT / "dags/specs/income_classifier.yaml").read_text(encoding="utf-8"))
    mllib = spec["models"]["income_boosted"]["recipe"]
    blocks = re.findall(r"```yaml\n(estimator:.*?)```", (ROOT / "docs/recipes.md").read_text(encoding="utf-8"), re.S)
    (xgboost,) = (found for block in blocks if "XGB" in (found := yaml.safe_load(block))["estimator"]["name"])
    return {"MLlib, GBTClassifier": mllib, "xgboost.spark, SparkXGBClassifier": {**mllib, **xgboost}}


def side(name: str, recipe: dict[str, Any], data: Path, folder: Path) -> Side:
    place = folder / recipe["estimator"]["name"]
    argv = [SPARK_PYTHON, str(BENCHMARKS / "sides/adult.py"), str(data), str(place), json.dumps(recipe)]
    return Side(name=name, argv=argv)


if __name__ == "__main__":
    main()
