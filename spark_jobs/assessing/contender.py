"""A saved pipeline, applied to rows as they are in the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.ml import PipelineModel

from penstock.errors import DataError, DeploymentError
from penstock.recipe.stages import PREDICTED_LABEL
from spark_jobs.storage import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

TRUTH_LABEL = "penstock_truth"
"""The label while the pipeline works: it must not refuse a row for its class, nor look at it."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A fitted pipeline and what is known of it."""

    uri: str
    pipeline: PipelineModel

    @property
    def classes(self) -> list[str]:
        """The classes in the order of their numbers; empty for a model of numbers."""
        stages: list[Any] = self.pipeline.stages
        for stage in stages:
            if stage.hasParam("outputCol") and stage.getOrDefault("outputCol") == PREDICTED_LABEL:
                return [str(each) for each in stage.getLabels()]
        return []

    @property
    def model(self) -> Any:
        """The estimator's model: the last stage but for the one that names the classes."""
        return self.pipeline.stages[-2 if self.classes else -1]

    def apply(self, rows: DataFrame) -> DataFrame:
        """The rows with predictions, lazily; raises DataError for columns that are missing or of another type."""
        return self._through(self.pipeline, rows)

    def featurise(self, rows: DataFrame) -> DataFrame:
        """The rows as the estimator's model takes them, lazily; raises DataError as `apply` does."""
        return self._through(PipelineModel(self.pipeline.stages[: -2 if self.classes else -1]), rows)

    def materialise(self, predictions: DataFrame) -> tuple[DataFrame, int]:
        """The predictions, cached, and how many; raises DataError for a row that a stage refuses."""
        cached = predictions.cache()
        try:
            return cached, cached.count()
        except (PySparkException, Py4JError) as error:
            cached.unpersist()
            raise DataError(f"{self.uri} cannot be applied to these rows: {cause(error)}") from error

    def _through(self, stages: PipelineModel, rows: DataFrame) -> DataFrame:
        try:
            return stages.transform(rows)
        except (PySparkException, Py4JError) as error:
            raise DataError(f"{self.uri} cannot be applied to this table: {cause(error)}") from error


def load(uri: str) -> Contender:
    """Read a saved pipeline; raises DataError if none can be read there."""
    try:
        return Contender(uri=uri, pipeline=PipelineModel.load(uri))
    except ImportError as error:
        raise DeploymentError(
            f"{uri}: the pipeline is made of Python packages that cannot be imported here ({error}): install them, as "
            "docs/engines.md says"
        ) from error
    except (PySparkException, Py4JError) as error:
        raise DataError(f"{uri}: no fitted pipeline can be read there ({first_line(error)})") from error


def cause(error: Exception) -> str:
    """The innermost of what went wrong, in one line: Spark wraps what a stage says into several of its own."""
    *_, last = _causes(error)
    return last


def _causes(error: Exception) -> Iterator[str]:
    yield first_line(error)
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while java is not None:
        yield str(java.toString()).strip().splitlines()[0]
        java = java.getCause()
