"""Parquet tables on S3, batch by batch: one file on the worker's disk, one batch in its memory."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.errors import DataError
from penstock.layout import split_uri
from workflow.deployed import RETRIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

BATCH_ROWS = 65_536
"""About 2 MB of scores."""


def read_batches(uri: str, columns: Sequence[str], aws: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    """All rows below a location, file by file in the order of their names; raises DataError if there is no file.

    PyArrow is imported late, because it takes longer to import than a DAG file may take to parse.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    for file in _files(uri, aws):
        with pq.ParquetFile(file) as parquet:
            yield from parquet.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))


def with_constants(batch: pa.RecordBatch, constants: Mapping[str, str]) -> pa.RecordBatch:
    """The batch with columns of one value each behind its own."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    for name, value in constants.items():
        batch = batch.append_column(name, pa.repeat(value, batch.num_rows))
    return batch


def _files(uri: str, aws: dict[str, Any]) -> Iterator[Any]:
    hook = S3Hook(**aws, config=RETRIES)
    bucket, prefix = split_uri(uri)
    keys = [each for each in hook.list_keys(bucket, prefix=f"{prefix.rstrip('/')}/") if each.endswith(".parquet")]
    if not keys:
        raise DataError(f"{uri} holds no Parquet file: the job that writes it has not succeeded, or it was removed")
    for key in sorted(keys):
        with tempfile.TemporaryFile() as file:
            hook.get_conn().download_fileobj(bucket, key, file)
            file.seek(0)
            yield file
