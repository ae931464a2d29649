"""Any Spark ML pipeline, asked by `transform`: lines become rows of the columns that the registry names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.ml import PipelineModel
from pyspark.ml.functions import vector_to_array
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.prediction import RecordFormat
from spark_jobs.predicting.loading import use_packages
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.reader import (
    ERROR_MESSAGE,
    ERROR_TYPE,
    FILE,
    LINE,
    OWN,
    PREDICTION,
    SHOWN,
    START,
    VALUE,
    Reader,
)
from spark_jobs.predicting.schemas import typed_record
from spark_jobs.predicting.writer import ARROW
from spark_jobs.storage import first_line
from spark_jobs.transforms.python_worker import settled

if TYPE_CHECKING:
    from pyspark.ml import Transformer
    from pyspark.sql import Column, DataFrame, SparkSession

    from spark_jobs.predicting.worker import Work

SKIPPED = "RefusedByStage"
"""The error type of a record that a stage of the pipeline would have failed the whole job for."""
_PLACE = [FILE, START, LINE]
_PLACE_DDL = f"{FILE} bigint, {START} bigint, {LINE} bigint"
_ERROR_DDL = f"{ERROR_TYPE} string, {ERROR_MESSAGE} string"


@contextmanager
def judged_rows(spark: SparkSession, work: Work, source: DataFrame) -> Iterator[DataFrame]:
    """Every record with its prediction as JSON, or why it has none; for the workers that render them."""
    model = load_pipeline(work.entry.uri)
    parquet = work.input_format is RecordFormat.PARQUET
    typed = (_rows(source) if parquet else _typed(source, work)).persist(StorageLevel.DISK_ONLY)
    try:
        yield judge(typed if parquet else _located(spark, typed), model, work)
    finally:
        typed.unpersist()


def load_pipeline(uri: str) -> PipelineModel:
    """The saved pipeline; raises DataError if there is none."""
    try:
        return PipelineModel.load(uri)
    except Exception as error:  # MLlib raises what Hadoop, json and py4j raise
        raise DataError(f"{uri}: no PipelineModel can be read there ({first_line(error)})") from error


def judge(typed: DataFrame, model: PipelineModel, work: Work) -> DataFrame:
    """Transform the good rows; who does not come back has been refused by a stage."""
    stages = lenient(model)
    shown = [name for name in typed.columns if name not in (*_PLACE, SHOWN, ERROR_TYPE, ERROR_MESSAGE)]
    scored = model.transform(typed.where(F.col(ERROR_TYPE).isNull()).drop(SHOWN, ERROR_TYPE, ERROR_MESSAGE))
    outputs = work.entry.outputs or ["prediction"]
    missing = [name for name in outputs if name not in scored.columns]
    if missing:
        raise DataError(f"{work.entry.uri}: its output has no column {', '.join(missing)}; name them in outputs")
    values = [_value(scored, name).alias(name) for name in outputs]
    prediction = F.to_json(F.struct(*values), {"ignoreNullFields": "false"}).alias(PREDICTION)
    predicted = scored.select(*_PLACE, prediction)
    kept = shown if work.input_format is RecordFormat.PARQUET else []
    both = typed.select(*_PLACE, SHOWN, ERROR_TYPE, ERROR_MESSAGE, *kept).join(predicted, on=_PLACE, how="left")
    absent = F.col(ERROR_TYPE).isNull() & F.col(PREDICTION).isNull()
    refused = f"refused by a stage of the pipeline ({', '.join(stages)}): null, NaN or a value it has not seen"
    kind = F.when(absent, SKIPPED).otherwise(F.col(ERROR_TYPE))
    message = F.when(absent, refused).otherwise(F.col(ERROR_MESSAGE))
    return both.withColumns({ERROR_TYPE: kind, ERROR_MESSAGE: message})


def lenient(model: PipelineModel) -> list[str]:
    """Let stages skip a record that they would fail the job for; returns their names. Not all of them can."""
    found = []
    for stage in model.stages:
        if isinstance(stage, PipelineModel):
            found += lenient(stage)
        elif stage.hasParam("handleInvalid") and stage.getOrDefault("handleInvalid") == "error":
            found += _skip(stage)
    return found


def _skip(stage: Transformer) -> list[str]:
    try:
        stage.set(stage.getParam("handleInvalid"), "skip")
        stage._transfer_params_to_java()  # type: ignore[attr-defined]  # noqa: SLF001 - raises for what it cannot be
    except Exception:  # noqa: BLE001 - OneHotEncoderModel takes error and keep only
        stage.set(stage.getParam("handleInvalid"), "error")
        return []
    return [type(stage).__name__]


def _value(scored: DataFrame, name: str) -> Column:
    kind = scored.schema[name].dataType.simpleString()
    if kind == "vector":
        return vector_to_array(F.col(name))
    return F.when(~F.isnan(name), F.col(name)) if kind in ("double", "float") else F.col(name)


def _rows(source: DataFrame) -> DataFrame:
    """Rows of a table as they are: the columns of a pipeline have their types already."""
    none = F.lit(None).cast("string")
    columns = [name for name in source.columns if name not in OWN]
    return source.select(*_PLACE, *columns, none.alias(SHOWN), none.alias(ERROR_TYPE), none.alias(ERROR_MESSAGE))


def _typed(source: DataFrame, work: Work) -> DataFrame:
    """Lines as rows of the registry's columns; raises DataError if it names none."""
    if not work.types:
        raise DataError(f"{work.entry.uri}: say in the registry's inputs which columns the pipeline takes, by type")
    columns = ", ".join(f"`{name}` {kind}" for name, kind in work.types.items())
    ddl = f"{_PLACE_DDL}, {SHOWN} string, {_ERROR_DDL}, {VALUE} bigint, {columns}"
    return source.mapInArrow(settled(type_batches(work)), ddl)


Batches = Iterable[pa.RecordBatch]


def type_batches(work: Work) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    """The function for mapInArrow: lines in, rows out.

    Each batch ends with a row for each of its splits that is no record: it has no line, and says how many lines the
    split had in this batch.
    """

    def run(batches: Batches) -> Iterator[pa.RecordBatch]:
        use_packages(work.packages)
        reader = Reader.of(work)
        for each in batches:
            batch = reader.read(each)
            rows = [
                {**_typed_row(record, work), SHOWN: _shown(shown), FILE: split[0], START: split[1], LINE: line}
                for record, shown, split, line in zip(
                    batch.records, batch.shown, batch.splits, batch.lines, strict=True
                )
            ]
            rows += [{FILE: split[0], START: split[1], VALUE: lines} for split, lines in batch.counted.items()]
            yield pa.RecordBatch.from_pylist(rows, _arrow_schema(work))

    return run


def _typed_row(record: Any, work: Work) -> dict[str, Any]:
    failure = record if isinstance(record, Failure) else None
    if failure is None:
        try:
            return typed_record(record, work.types)
        except ValueError as error:
            failure = Failure("ValueError", str(error))
    return {ERROR_TYPE: failure.error_type, ERROR_MESSAGE: failure.message}


def _shown(shown: Any) -> str:
    return shown.decode(errors="replace").rstrip("\r") if isinstance(shown, bytes) else json.dumps(shown)


def _arrow_schema(work: Work) -> pa.Schema:
    places = [(name, pa.int64()) for name in _PLACE]
    texts = [(name, pa.string()) for name in (SHOWN, ERROR_TYPE, ERROR_MESSAGE)]
    columns = [(name, ARROW[kind]) for name, kind in work.types.items()]
    return pa.schema([*places, *texts, (VALUE, pa.int64()), *columns])


def _located(spark: SparkSession, typed: DataFrame) -> DataFrame:
    """The records, their lines counted from their file's first."""
    splits = typed.where(F.col(LINE).isNull()).groupBy(FILE, START).agg(F.sum(VALUE).alias("lines")).collect()
    places, before = [], {row[FILE]: 0 for row in splits}
    for file, start, lines in sorted((row[FILE], row[START], row["lines"]) for row in splits):
        places.append((file, start, before[file]))
        before[file] += lines
    known = F.broadcast(spark.createDataFrame(places, f"{FILE} bigint, {START} bigint, __before bigint"))
    records = typed.where(F.col(LINE).isNotNull()).drop(VALUE).join(known, on=[FILE, START], how="inner")
    return records.withColumn(LINE, F.col(LINE) + F.col("__before")).drop("__before")
