"""From files to packets, by whichever kind of model."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from penstock.prediction import ModelKind, PredictionFormat, RecordFormat
from spark_jobs.predicting.files import lines_of, rows_of
from spark_jobs.predicting.packet import packet_ddl
from spark_jobs.predicting.pipeline_model import judged_rows
from spark_jobs.predicting.reader import OWN
from spark_jobs.predicting.worker import Work, predict_batches, render_batches
from spark_jobs.predicting.writer import INPUT
from spark_jobs.transforms.python_worker import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from spark_jobs.predicting.files import SourceFile


@contextmanager
def packets_of(spark: SparkSession, work: Work, files: Sequence[SourceFile]) -> Iterator[DataFrame]:
    """The packets of these files; what is kept for them is let go in the end."""
    parquet = work.input_format is RecordFormat.PARQUET
    source = rows_of(spark, files) if parquet else lines_of(spark, files)
    rows = row_ddl(source, work) if work.output_format is PredictionFormat.PARQUET else ""
    ddl = packet_ddl(rows, tabled=work.tabled)
    if work.entry.kind == ModelKind.PIPELINE:
        with judged_rows(spark, work, source) as judged:
            yield judged.mapInArrow(settled(render_batches(work)), ddl)
    else:
        yield source.mapInArrow(settled(predict_batches(work)), ddl)


def row_ddl(source: DataFrame, work: Work) -> str:
    """The type of one row of a Parquet output: the record as it is shown, and its prediction."""
    if work.input_format is RecordFormat.PARQUET:
        shown = [(field.name, field.dataType.simpleString()) for field in source.schema if field.name not in OWN]
    else:
        shown = [(name, "string") for name in work.columns or [INPUT]]
    inner = ",".join(f"{_quoted(name)}:{kind}" for name, kind in work.prediction_columns.items())
    prediction = f"struct<{inner}>" if inner else work.prediction_type
    columns = [*shown, ("prediction", prediction)]
    return f"struct<{','.join(f'{_quoted(name)}:{kind}' for name, kind in columns)}>"


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
