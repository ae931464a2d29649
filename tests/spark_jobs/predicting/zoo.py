"""Models of every shape without any package, each as its users would write it, and how the tests ask for them."""

import json
import os
import uuid
from pathlib import Path

from penstock.jobs import PredictArgs

MODULE = "tests.spark_jobs.predicting.zoo"
LOADED = "PENSTOCK_TEST_LOADED"


class Doubling:
    """Old interface, per record; leaves a line for each time it is made."""

    display_name, qualified_name, description = "Doubling", "doubling", "Twice the value."
    major_version, minor_version = 1, 2
    input_schema = output_schema = object()

    def __init__(self):
        if LOADED in os.environ:
            with Path(os.environ[LOADED]).open("a") as file:
                file.write(f"{os.getpid()}\n")

    def predict(self, data):
        return {"doubled": data["value"] * 2}


class Batching(Doubling):
    """The same for many at once."""

    qualified_name = "batching"

    def predict_batch(self, records):
        return [{"doubled": record["value"] * 2} for record in records]


class Answer:
    """No model: it has no predict."""

    display_name = "The answer"


class Length:
    """A plain object: the length of a text field, in characters."""

    def predict(self, record):
        return len(record["text"])


class Sums:
    """A plain object that takes an array."""

    def predict(self, rows):
        return rows.sum(axis=1)


class Silent:
    def predict(self, record):
        return None if record["value"] == 0 else float("nan") if record["value"] == 1 else 7


def interface(name):
    return {"module_name": MODULE, "class_name": name}


def plain(name, **values):
    return {"kind": "object", "module_name": MODULE, "class_name": name, "qualified_name": name.lower(), **values}


class Case:
    """A folder of input of its own, and the job's run over it."""

    def __init__(self, spark, bucket):
        self.spark, self.name = spark, f"predict/{uuid.uuid4().hex[:8]}"
        self.folder, self.uri = bucket / self.name, f"s3://penstock-test/{self.name}"
        (self.folder / "in").mkdir(parents=True)

    def put(self, name, content):
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return f"{self.uri}/in/{name}"

    def args(self, entry, **values):
        locations = {
            "input_uri": f"{self.uri}/in",
            "predictions_uri": f"{self.uri}/predictions",
            "quarantine_uri": f"{self.uri}/quarantine",
            "groups_uri": f"{self.uri}/groups",
            "report_uri": f"{self.uri}/report.json",
        }
        name = entry.get("qualified_name") or entry["class_name"].lower()
        values = {"max_bad_ratio": 1.0, "model": name, "models": json.dumps([entry]), **values}
        return PredictArgs(**locations, **values)

    def lines(self):
        """Every line of the predictions, in the order of their files."""
        parts = sorted((self.folder / "predictions").rglob("part-*"))
        return [line for part in parts for line in part.read_text(encoding="utf-8").splitlines()]

    def quarantined(self):
        """(file below the input, line, error type, message, payload), by file and line."""
        if not (self.folder / "quarantine").exists():
            return []
        rows = self.spark.read.parquet(f"{self.uri}/quarantine").orderBy("file", "line").drop("group").collect()
        return [(row.file.removeprefix(f"{self.uri}/in/"), *row[1:]) for row in rows]
