"""What a run is going to do, made and checked before the first row is read."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.codec import CodecError, encode
from penstock.errors import DataError
from penstock.prediction import ModelDescription, PredictionFormat, RecordFormat, parse_models
from spark_jobs.predicting.examination import examine
from spark_jobs.predicting.files import SourceFile, list_files, read_headers, rows_of
from spark_jobs.predicting.reader import OWN
from spark_jobs.predicting.records import split_csv
from spark_jobs.predicting.schemas import column_type, columns_of, required_of
from spark_jobs.predicting.worker import Work

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from penstock.jobs import PredictArgs


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The model, the files and what workers need to know."""

    description: ModelDescription
    files: list[SourceFile]
    work: Work
    settings: str
    """Fingerprint of all that the predictions depend on, but for the files."""


def make_plan(spark: SparkSession, args: PredictArgs) -> Plan:
    """Find the model and the files, and check that they fit; raises DataError in a sentence."""
    try:
        entries = parse_models(args.models)
    except CodecError as error:
        raise DataError(str(error)) from error
    entry, description = examine(spark, entries, args.model, args.packages)
    files = list_files(spark, args.input_uri)
    kind, output = RecordFormat(args.input_format), PredictionFormat(args.output_format)
    headers = _headers(spark, files) if kind is RecordFormat.CSV else {}
    columns = _columns(spark, files, kind, headers)
    wanted = required_of(description.input_schema)
    for file in files if kind is not RecordFormat.JSON else ():
        found = headers.get(file.key, columns)
        _check_columns(file.uri, found, wanted, f"the model {description.qualified_name!r} expects")
        _check_columns(file.uri, found, [args.key] if args.key else [], "the key is")
    if output is PredictionFormat.PARQUET and "prediction" in columns:
        raise DataError(f"{args.input_uri}: has a column 'prediction', which the output adds; rename it")
    schema = description.output_schema
    work = Work(
        entry=entry,
        packages=args.packages,
        input_format=kind,
        output_format=output,
        columns=columns,
        types=columns_of(description.input_schema),
        headers=headers,
        prediction_columns=columns_of(schema),
        prediction_type=column_type(schema) or "string",
        tabled=bool(args.table_uri),
        key=args.key,
    )
    facts = [encode(entry), encode(description), args.input_format, args.output_format, args.packages, args.code_sha]
    facts += [work.tabled, args.key]
    settings = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    return Plan(description=description, files=files, work=work, settings=settings)


def _headers(spark: SparkSession, files: list[SourceFile]) -> dict[int, list[str]]:
    found = {}
    for file, line in zip(files, read_headers(spark, files), strict=True):
        try:
            names = split_csv(line.encode())
        except csv.Error as error:
            raise DataError(f"{file.uri}: its first line is no CSV header ({error}): {line[:80]!r}") from error
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice or not names:
            problem = f"the column {', '.join(twice)} twice" if twice else "no column"
            raise DataError(f"{file.uri}: its header has {problem}; expected the names of the columns, each once")
        found[file.key] = names
    return found


def _columns(
    spark: SparkSession, files: list[SourceFile], kind: RecordFormat, headers: dict[int, list[str]]
) -> list[str]:
    if kind is RecordFormat.JSON:
        return []
    if kind is RecordFormat.CSV:
        return headers[files[0].key]
    return [name for name in rows_of(spark, files).columns if name not in OWN]


def _check_columns(uri: str, found: list[str], wanted: list[str], why: str) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise DataError(
            f"{uri}: missing column {', '.join(missing)}; found {', '.join(found)}; {why} {', '.join(wanted)}"
        )
