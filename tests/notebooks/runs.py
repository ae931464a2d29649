"""A run as workflows leave it, made by the jobs themselves, and the notebook's cells."""

import json
import zipfile
from pathlib import Path
from typing import Any

from penstock.documents import DataReport, RowCounts
from penstock.jobs import FitArgs
from penstock.layout import Code, Run
from spark_jobs import fit
from spark_jobs.storage import write_document
from tests.spark_jobs.recipes import INCOME, PEOPLE, people

REPOSITORY = Path(__file__).parents[2]
NOTEBOOK = REPOSITORY / "notebooks" / "explore_run.ipynb"
ROOT = "s3://penstock-test/explored"
RUN = Run(f"{ROOT}/runs/income/manual")
SHA = "c0ffee"
REFUSED = [
    ("people.csv", 7, "country: empty"),
    ("people.csv", 9, "country: empty"),
    ("people.csv", 11, "age: not a number"),
]


def cells() -> list[dict[str, Any]]:
    return list(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])


def sources() -> list[str]:
    """The code of the notebook, cell by cell, without its parameters."""
    code = [each for each in cells() if each["cell_type"] == "code"]
    return ["".join(each["source"]) for each in code if "parameters" not in each["metadata"].get("tags", [])]


def make_run(spark: Any, bucket: Path) -> None:
    """A table of 120 people, three refused rows, a decision tree fitted on the training rows, and the code's bundle."""
    spark.createDataFrame(people(), PEOPLE).write.mode("overwrite").parquet(RUN.table("people"))
    spark.createDataFrame(REFUSED, "file string, line long, reason string").coalesce(1).write.mode("overwrite").parquet(
        RUN.quarantine
    )
    report = DataReport(
        sources={"people": RowCounts(read=123, good=120, quarantined=3)},
        quarantined_by_reason={"age: not a number": 1, "country: empty": 2},
        tables=[],
        quarantine_uri=RUN.quarantine,
        fingerprint="f",
        code_sha=SHA,
    )
    write_document(spark, report, RUN.data_report)
    jobs = bucket / Code(f"{ROOT}/code/{SHA}").jobs_zip.removeprefix("s3://penstock-test/")
    jobs.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(jobs, "w") as archive:
        for path in (path for package in ("penstock", "spark_jobs") for path in (REPOSITORY / package).rglob("*.py")):
            archive.write(path, path.relative_to(REPOSITORY))
    args = FitArgs(
        table_uri=RUN.table("people"),
        recipe=json.dumps(INCOME),
        model_uri=RUN.model("income"),
        report_uri=RUN.fit_report("income"),
        tree_uri=RUN.tree("income"),
        code_sha=SHA,
    )
    fit.run(spark, args)
