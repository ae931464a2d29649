"""One side of benchmarks/adult.py: clean UCI Adult, fit a recipe on its training part, judge it on its test part."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

from harness.report import measured  # noqa: E402
from penstock.jobs import AssessArgs, CleanAdultArgs, FitArgs  # noqa: E402
from sides.session import start  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("recipe", help="as JSON")
    options = parser.parse_args()
    spark = start(2, "2g")
    from glue_scripts import clean_adult  # noqa: PLC0415 - imports Spark
    from spark_jobs import assess, fit  # noqa: PLC0415

    folder, data = options.folder, options.data
    cleaning = CleanAdultArgs(
        train_uri=f"{data}/adult.data",
        test_uri=f"{data}/adult.test",
        clean_uri=f"{folder}/clean",
        quarantine_uri=f"{folder}/quarantine",
        report_uri=f"{folder}/data.json",
    )
    table = {"table_uri": f"{folder}/clean/{clean_adult.TABLE}", "recipe": options.recipe}
    model = {**table, "model_uri": f"{folder}/model"}
    clean_adult.run(spark, cleaning)
    began = time.monotonic()
    fit.run(spark, FitArgs(**model, report_uri=f"{folder}/training.json"))
    seconds = time.monotonic() - began
    judged = assess.run(spark, AssessArgs(**model, report_uri=f"{folder}/assessment.json", resamples=0))
    measured(fit_s=seconds, accuracy=judged.challenger.metrics["accuracy"].value)
    spark.stop()


if __name__ == "__main__":
    main()
