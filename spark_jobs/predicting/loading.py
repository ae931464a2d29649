"""The model in a Python worker: its packages first, then the model, once for as long as the process lives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import SparkFiles

from penstock.errors import DataError
from spark_jobs.predicting.registry import load_model

if TYPE_CHECKING:
    from penstock.prediction import ModelEntry
    from spark_jobs.predicting.model import LoadedModel

_loaded: dict[str, LoadedModel] = {}
"""By the registry's entry. Spark keeps a worker for the tasks of all stages (spark.python.worker.reuse)."""


def worker_model(entry: ModelEntry) -> LoadedModel:
    """The model, made when this process is first asked for it."""
    key = repr(entry)
    if key not in _loaded:
        _loaded[key] = load_model(entry, shipped)
    return _loaded[key]


def shipped(uri: str) -> Path:
    """Where Spark has put the artefact on this machine."""
    return Path(SparkFiles.get(uri.rstrip("/").rpartition("/")[2]))


def use_packages(folder: str) -> None:
    """Let imports find what the archive brought; raises DataError if it brought nothing. Empty: there is no archive.

    It goes first, so that the model's pins win; what Spark's worker has imported before stays as it is.
    """
    if not folder:
        return
    path = SparkFiles.get(folder)
    if not Path(path).is_dir():
        raise DataError(
            f"the archive of the model's packages is not there: {SparkFiles.getRootDirectory()} has no {folder!r}. "
            f"Give spark-submit --archives <location>#{folder}"
        )
    if path not in sys.path:
        sys.path.insert(0, path)
