"""Glue's format options as Spark's, in both directions.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-format.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"  # a partition whose key is null
NAMES = {"glueparquet": "parquet", "parquet": "parquet", "csv": "csv", "json": "json", "orc": "orc"}


class FormatError(Exception):
    """A format that is not read or written here."""


@dataclass(frozen=True)
class Format:
    """A format of Spark and its options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


def spark_format(name: str | None) -> str:
    """Return Spark's name of a format; raise FormatError if it has none."""
    found = NAMES.get((name or "").lower())
    if found is None:
        raise FormatError(f"format {name!r} is not read or written here: one of {sorted(NAMES)}")
    return found


def truth(value: Any) -> bool:
    """Return an option's truth: it may be text."""
    return str(value).lower() == "true"


def reading(name: str | None, options: Mapping[str, Any]) -> Format:
    """Return how to read files."""
    kind = spark_format(name)
    if kind == "csv":
        found = {
            "sep": options.get("separator", ","),
            "quote": "" if options.get("quoteChar") in {-1, "-1"} else options.get("quoteChar", '"'),
            "header": truth(options.get("withHeader", False)),
            "multiLine": truth(options.get("multiline", options.get("multiLine", False))),
            "escape": options.get("escaper", '"'),
        }
        return Format(kind, found)
    if kind == "json":
        return Format(kind, {"multiLine": truth(options.get("multiline", options.get("multiLine", False)))})
    return Format(kind, {"mergeSchema": True} if kind == "parquet" else {})


def writing(name: str | None, options: Mapping[str, Any]) -> Format:
    """Return how to write files; Glue leaves no ``_SUCCESS`` behind."""
    kind = spark_format(name)
    found: dict[str, Any] = {"mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}
    if kind == "csv":
        quote = options.get("quoteChar", '"')
        found |= {
            "sep": options.get("separator", ","),
            "header": truth(options.get("writeHeader", True)),
            "quote": "" if quote in {-1, "-1"} else quote,
            "escape": options.get("escaper", '"'),
        }
    if kind == "json":
        found["ignoreNullFields"] = True
    if compression := options.get("compression"):
        found["compression"] = compression
    return Format(kind, found)


@dataclass(frozen=True)
class Layout:
    """How a catalogue table of a format describes itself."""

    input_format: str
    output_format: str
    library: str
    parameters: dict[str, str]


TEXT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
PARQUET, ORC = "org.apache.hadoop.hive.ql.io.parquet", "org.apache.hadoop.hive.ql.io.orc"
LAYOUTS = {
    "parquet": Layout(
        f"{PARQUET}.MapredParquetInputFormat",
        f"{PARQUET}.MapredParquetOutputFormat",
        f"{PARQUET}.serde.ParquetHiveSerDe",
        {"serialization.format": "1"},
    ),
    "orc": Layout(f"{ORC}.OrcInputFormat", f"{ORC}.OrcOutputFormat", f"{ORC}.OrcSerde", {}),
    "csv": Layout(TEXT, TEXT_OUT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", {"field.delim": ","}),
    "json": Layout(TEXT, TEXT_OUT, "org.openx.data.jsonserde.JsonSerDe", {}),
}


def of_table(table: Mapping[str, Any]) -> Format:
    """Return how to read a catalogue table's files; raise FormatError if it does not say."""
    storage = table["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    library = str(serde.get("SerializationLibrary", "")).lower()
    given = {**(storage.get("Parameters") or {}), **(table.get("Parameters") or {})}
    guess = next((name for name in ("parquet", "orc", "json") if name in library), "csv" if library else None)
    kind = spark_format(given.get("classification") or guess)
    if kind != "csv":
        return reading(kind, {})
    options = serde.get("Parameters") or {}
    header = str(given.get("skip.header.line.count", options.get("skip.header.line.count", "0"))) != "0"
    found = {
        "separator": options.get("separatorChar") or options.get("field.delim") or given.get("delimiter") or ",",
        "quoteChar": options.get("quoteChar", '"'),
        "withHeader": header,
    }
    return reading(kind, found)
