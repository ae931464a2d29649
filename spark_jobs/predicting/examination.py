"""Ask a Python worker what the model is, before anything is read: only there are the model's packages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import functions as F

from penstock.codec import decode, encode
from penstock.errors import DataError, PenstockError
from penstock.prediction import ModelDescription, ModelEntry, ModelKind
from spark_jobs.predicting.loading import use_packages, worker_model
from spark_jobs.predicting.objects import ARTEFACTS
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.registry import describe_pipeline, find_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import SparkSession


def examine(
    spark: SparkSession, entries: list[ModelEntry], name: str, packages: str
) -> tuple[ModelEntry, ModelDescription]:
    """Find the model and load it in a worker; raises DataError for what is wrong with it."""
    for entry in entries:
        if entry.qualified_name == name and entry.uri and entry.kind in ARTEFACTS:
            _ship(spark, entry.uri)

    def ask(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield pa.RecordBatch.from_pydict({"answer": [_answer(entries, name, packages)]})

    (row,) = spark.range(0, 1, 1, 1).select(F.col("id")).mapInArrow(ask, "answer string").collect()
    answer = json.loads(row["answer"])
    if "error" in answer:
        raise DataError(answer["error"])
    return decode(ModelEntry, answer["entry"]), decode(ModelDescription, answer["description"])


def _answer(entries: list[ModelEntry], name: str, packages: str) -> str:
    try:
        use_packages(packages)
        entry = find_entry(entries, name)
        is_pipeline = entry.kind == ModelKind.PIPELINE
        description = describe_pipeline(entry) if is_pipeline else worker_model(entry).description
    except PenstockError as error:
        return json.dumps({"error": str(error)})
    except Exception as error:  # noqa: BLE001 - the model is anybody's code
        failure = Failure.of(error)
        return json.dumps({"error": f"the model {name!r} cannot be loaded: {failure.error_type}: {failure.message}"})
    return json.dumps({"entry": encode(entry), "description": encode(description)})


def _ship(spark: SparkSession, uri: str) -> None:
    """Let Spark bring the file or folder to every machine that runs a worker."""
    try:
        spark.sparkContext.addFile(uri, recursive=True)
    except Exception as error:  # Py4J wraps whatever the file system raises
        raise DataError(f"{uri}: the model's artefact cannot be read there ({str(error).splitlines()[-1]})") from error
