"""GlueContext: where scripts read and write DynamicFrames.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-glue-context.html
"""

import logging
from collections.abc import Mapping
from typing import Any

from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession

from awsglue import sinks, sources
from awsglue.dynamicframe import DynamicFrame

Options = Mapping[str, Any] | None


class GlueContext:
    """Spark's session with Glue's sources and sinks."""

    def __init__(self, sparkContext: SparkContext | None = None, **_: Any) -> None:
        self.spark_session: SparkSession = SparkSession.builder.getOrCreate()
        self.sparkSession = self.spark_session
        self._sc = sparkContext or self.spark_session.sparkContext
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.create_data_frame = DataFrameReader(self)

    def __getattr__(self, name: str) -> Any:
        """Return what AWS's GlueContext has of SQLContext: here the session's own."""
        return getattr(self.spark_session, name)

    def get_logger(self) -> logging.Logger:
        """Return a logger that writes to the error log."""
        return logging.getLogger("glue")

    def create_dynamic_frame_from_rdd(
        self, data: Any, name: str, schema: Any = None, sample_ratio: Any = None, transformation_ctx: str = ""
    ) -> DynamicFrame:
        """Return a DynamicFrame of an RDD."""
        del transformation_ctx
        frame = self.spark_session.createDataFrame(data, schema, sample_ratio)
        return DynamicFrame(frame, self, name)

    def create_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Options = None,
        **more: Any,
    ) -> DynamicFrame:
        """Return the records of a catalogue table."""
        del redshift_tmp_dir
        database, name = _table(database, table_name, more)
        options = additional_options or {}
        spark = self.spark_session
        frame = sources.from_catalog(spark, database, name, options, push_down_predicate, transformation_ctx)
        return DynamicFrame(frame, self, name)

    def create_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Options = None,
        format: str | None = None,
        format_options: Options = None,
        transformation_ctx: str = "",
        **_: Any,
    ) -> DynamicFrame:
        """Return the records of the files below ``paths``."""
        frame = sources.from_options(
            self.spark_session, connection_type, connection_options or {}, format, format_options, transformation_ctx
        )
        return DynamicFrame(frame, self, transformation_ctx)

    def getSink(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", **options: Any
    ) -> sinks.DataSink:
        """Return a sink; ``path`` and ``partitionKeys`` are among the options."""
        del transformation_ctx
        sink = sinks.DataSink(connection_type, options)
        if format:
            sink.setFormat(format)
        return sink

    def write_dynamic_frame_from_options(
        self,
        frame: Any,
        connection_type: str,
        connection_options: Options = None,
        format: str | None = None,
        format_options: Options = None,
        transformation_ctx: str = "",
    ) -> Any:
        """Write the records below ``path`` and return them."""
        sink = self.getSink(connection_type, None, transformation_ctx, **(connection_options or {}))
        if format:
            sink.setFormat(format, **(format_options or {}))
        return sink.write(frame)

    def write_dynamic_frame_from_catalog(
        self,
        frame: Any,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Options = None,
        **more: Any,
    ) -> Any:
        """Write the records to a catalogue table and return them."""
        del redshift_tmp_dir, transformation_ctx
        database, name = _table(database, table_name, more)
        return sinks.catalog_sink(database, name, additional_options or {}).write(frame)


def _table(database: str | None, table_name: str | None, more: dict[str, Any]) -> tuple[str, str]:
    found = database or more.get("name_space")
    if not found or not table_name:
        raise ValueError(f"a table needs database and table_name: got {found!r} and {table_name!r}")
    return found, table_name


class DynamicFrameReader:
    """``glueContext.create_dynamic_frame``."""

    def __init__(self, glue_context: GlueContext) -> None:
        self.from_catalog = glue_context.create_dynamic_frame_from_catalog
        self.from_options = glue_context.create_dynamic_frame_from_options
        self.from_rdd = glue_context.create_dynamic_frame_from_rdd


class DataFrameReader:
    """``glueContext.create_data_frame``."""

    def __init__(self, glue_context: GlueContext) -> None:
        self._context = glue_context

    def from_catalog(self, *args: Any, **kwargs: Any) -> DataFrame:
        """Return a catalogue table as a DataFrame."""
        return self._context.create_dynamic_frame_from_catalog(*args, **kwargs).toDF()

    def from_options(self, *args: Any, **kwargs: Any) -> DataFrame:
        """Return files as a DataFrame."""
        return self._context.create_dynamic_frame_from_options(*args, **kwargs).toDF()


class DynamicFrameWriter:
    """``glueContext.write_dynamic_frame``."""

    def __init__(self, glue_context: GlueContext) -> None:
        self.from_catalog = glue_context.write_dynamic_frame_from_catalog
        self.from_options = glue_context.write_dynamic_frame_from_options
