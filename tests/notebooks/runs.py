"""A run as workflows leave it, made by the jobs themselves, and the notebook's cells."""

import json
import zipfile
from pathlib import Path
from typing import Any

from penstock.documents import DataReport, RowCounts
from penstock.jobs import FitArgs, Objective, TrainArgs
from penstock.layout import Code, Run
from penstock.tables import RATINGS
from spark_jobs import fit, train
from spark_jobs.storage import write_document, write_table
from tests.spark_jobs.recipes import INCOME, PEOPLE, people

REPOSITORY = Path(__file__).parents[2]
NOTEBOOK = REPOSITORY / "notebooks" / "explore_run.ipynb"
ROOT = "s3://penstock-test/explored"
RUN = Run(f"{ROOT}/runs/income/manual")
FILMS = Run(f"{ROOT}/runs/films/manual")
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


def make_recommender_run(spark: Any) -> None:
    """30 users and 20 films that all have rated, a film more for each user alone, and explicit ALS of them."""
    known = [(user, film, float(1 + (user + film) % 5), 10**9) for user in range(1, 31) for film in range(1, 21)]
    rare = [(user, 99 + user, 3.0, 10**9) for user in range(1, 31)]
    ratings = spark.createDataFrame(known + rare, "user_id int, item_id int, rating double, rated_at long")
    write_table(ratings, FILMS.checked("ratings"), RATINGS)
    args = TrainArgs(
        ratings_uri=FILMS.checked("ratings"),
        model_uri=FILMS.model("films"),
        report_uri=FILMS.training_report("films"),
        objective=Objective.RATING.value,
        grid='{"rank": [2], "regParam": [0.1], "maxIter": [2]}',
        code_sha=SHA,
    )
    train.run(spark, args)
