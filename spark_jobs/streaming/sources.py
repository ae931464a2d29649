"""Where events come from, as one shape: (data, origin, arrived_at)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.jobs import KinesisConsumer, StreamSource
from spark_jobs.storage import first_line

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from penstock.jobs import StreamArgs

CONNECTOR = "aws-kinesis"
"""EMR's name of the format: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-structured-streaming-kinesis.html"""
CONNECTOR_JAR = "/usr/share/aws/kinesis/spark-sql-kinesis/lib/spark-streaming-sql-kinesis-connector.jar"
"""Where EMR has it, from 7.1.0 on."""


def read_events(spark: SparkSession, args: StreamArgs) -> DataFrame:
    """The stream; raises DataError if the folder or the connector is not there."""
    return _files(spark, args) if StreamSource(args.source) is StreamSource.FILES else _kinesis(spark, args)


def describe_source(args: StreamArgs) -> str:
    """The folder or the data stream."""
    return args.events_uri if StreamSource(args.source) is StreamSource.FILES else f"kinesis:{args.kinesis_stream}"


def kinesis_options(args: StreamArgs) -> dict[str, str]:
    """The connector's options, by the names and values of its README (1.4 on Spark 3.5).

    `failOnDataLoss` because records that expired before they were read are a loss that a count must not hide.
    """
    options = {
        "kinesis.streamName": args.kinesis_stream,
        "kinesis.endpointUrl": args.kinesis_endpoint,
        "kinesis.startingPosition": args.kinesis_start,
        "kinesis.consumerType": args.kinesis_consumer,
        "kinesis.failOnDataLoss": "true",
    }
    if args.kinesis_region:
        options["kinesis.region"] = args.kinesis_region
    if KinesisConsumer(args.kinesis_consumer) is KinesisConsumer.SUBSCRIBE_TO_SHARD:
        options["kinesis.consumerName"] = f"penstock-{args.kinesis_stream}"
    return options


def of_records(records: DataFrame) -> DataFrame:
    """What the connector reads (data, streamName, partitionKey, sequenceNumber, approximateArrivalTimestamp)."""
    return records.select(
        "data",
        F.concat_ws("/", "streamName", "partitionKey", "sequenceNumber").alias("origin"),
        F.col("approximateArrivalTimestamp").alias("arrived_at"),
    )


def _files(spark: SparkSession, args: StreamArgs) -> DataFrame:
    """Lines as they are: a reader of JSON would keep no well-formed line that misses a field."""
    reader = spark.readStream.format("text").option("recursiveFileLookup", "true")
    if args.files_per_batch:
        reader = reader.option("maxFilesPerTrigger", args.files_per_batch)
    try:
        lines = reader.load(args.events_uri)
    except AnalysisException as error:
        raise DataError(f"{args.events_uri}: no files can be read there ({first_line(error)})") from error
    return lines.select(
        F.col("value").cast("binary").alias("data"),
        F.col("_metadata.file_path").alias("origin"),
        F.col("_metadata.file_modification_time").alias("arrived_at"),
    )


def _kinesis(spark: SparkSession, args: StreamArgs) -> DataFrame:
    try:
        return of_records(spark.readStream.format(CONNECTOR).options(**kinesis_options(args)).load())
    except (AnalysisException, Py4JJavaError) as error:
        raise DataError(
            f"kinesis:{args.kinesis_stream}: {first_line(error)}. EMR has the connector from 7.1.0 on; "
            f"where it is not loaded, set spark_conf to {{spark.jars: file://{CONNECTOR_JAR}}}"
        ) from error
