"""ALS on the driver, as an estimator that takes MLlib's parameters and returns MLlib's model."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from pyspark.ml import Estimator
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.recommendation import ALSModel

from penstock.errors import DeploymentError
from spark_jobs.als import DEFAULTS, model_of

if TYPE_CHECKING:
    from pyspark.ml._typing import ParamMap
    from pyspark.sql import DataFrame, SparkSession


class ImplicitALS(Estimator[ALSModel]):
    """Implicit feedback only: whatever a rating's value, it is a choice.

    The ratings are collected once for all points of a grid. The caller has seen to it that they fit.
    """

    rank = Param(Params._dummy(), "rank", "number of factors", TypeConverters.toInt)  # noqa: SLF001 - how Params are made
    maxIter = Param(Params._dummy(), "maxIter", "iterations", TypeConverters.toInt)  # noqa: N815, SLF001 - MLlib's name
    regParam = Param(Params._dummy(), "regParam", "regularisation", TypeConverters.toFloat)  # noqa: N815, SLF001
    alpha = Param(Params._dummy(), "alpha", "confidence in a choice", TypeConverters.toFloat)  # noqa: SLF001

    def __init__(self, *, rows: int, seed: int, threads: int) -> None:
        """For `rows` ratings; raises DeploymentError where the library is not installed."""
        super().__init__()
        _library()
        self.rows, self.seed, self.threads = rows, seed, threads
        self._setDefault(**DEFAULTS)

    def fitMultiple(  # noqa: N802 - MLlib's name
        self,
        dataset: DataFrame,
        paramMaps: Sequence[ParamMap],  # noqa: N803
    ) -> Iterator[tuple[int, ALSModel]]:
        """A model for each point, in turn."""
        choices = self._collect(dataset)
        for index, each in enumerate(paramMaps):
            yield index, self.copy(each)._factorised(dataset.sparkSession, choices)  # noqa: SLF001 - our own

    def _fit(self, dataset: DataFrame) -> ALSModel:
        return self._factorised(dataset.sparkSession, self._collect(dataset))

    def _collect(self, dataset: DataFrame) -> Any:
        from spark_jobs.engines.choices import collect  # noqa: PLC0415 - SciPy, which only this engine needs

        return collect(dataset, rows=self.rows)

    def _factorised(self, spark: SparkSession, choices: Any) -> ALSModel:
        als, value = _library(), self.getOrDefault
        setting = als.Setting(
            rank=value(self.rank),
            reg_param=value(self.regParam),
            alpha=value(self.alpha),
            max_iter=value(self.maxIter),
            seed=self.seed,
            threads=self.threads,
        )
        users, items = als.factorise(choices.matrix, setting)
        return model_of(_table(spark, choices.users, users), _table(spark, choices.items, items), rank=setting.rank)


def threads_of(spark: SparkSession) -> int:
    """The driver's: of a local master those that it was given, else the machine's."""
    context = spark.sparkContext
    return context.defaultParallelism if str(context.master).startswith("local") else os.cpu_count() or 1


def _table(spark: SparkSession, ids: Any, factors: Any) -> DataFrame:
    """(id, features) as MLlib's models have them."""
    rows = pd.DataFrame({"id": ids, "features": list(factors)})
    with warnings.catch_warnings():
        # PySpark 3.5 asks pandas 2 for a column's type in a way that pandas deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        return spark.createDataFrame(rows, "id int, features array<float>")


def _library() -> Any:
    try:
        from spark_jobs.engines import weighted_als  # noqa: PLC0415 - 0.5 s and 150 MB that MLlib does not need
    except ImportError as error:
        raise DeploymentError(
            f"engine 'implicit' needs the Python package `implicit` on the driver, which cannot be imported ({error}): "
            "install it there, as docs/engines.md says, or use engine 'mllib'"
        ) from error
    return weighted_als
