"""Events of a stream: parsed, judged one by one, counted by action and window of event time.

Why not Spark's own watermark: a stateful aggregation drops late rows and tells only how many, and what it drops depends
on its state. Here an event is late if and only if it is older than the watermark of its batch, and is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LATE, MALFORMED = "late", "malformed"
LONGEST_ACTION = 100
"""Characters. What is longer is no name of an action, and every one of them would be a row of its own."""
_CORRUPT = "penstock_corrupt"
_FIELDS = f"action string, event_time string, {_CORRUPT} string"
_OBJECT = r"(?s)^\s*\{.*\}\s*$"
_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$"
_KEYS = ["window_start", "window_end", "action"]


def judge(raw: DataFrame, *, watermark: int | None, max_ahead_minutes: float) -> DataFrame:
    """(payload, origin, arrived_at, action, event_time, kind, reason); `kind` and `reason` are NULL for good events.

    `raw` is (data as binary, origin, arrived_at); `watermark` in microseconds since 1970, None before the first event.
    """
    parsed = _parse(raw)
    ahead = F.col("event_time") > F.col("arrived_at") + F.make_dt_interval(secs=F.lit(max_ahead_minutes * 60))
    reason = F.coalesce(
        F.when(~F.col("is_text"), F.lit("not UTF-8, kept as base64")),
        F.when(~F.col("is_object"), F.lit("not a JSON object")),
        F.when(~F.coalesce("action", F.lit("")).rlike(r"\S"), F.lit("no action")),
        F.when(F.length("action") > LONGEST_ACTION, F.lit(f"action of more than {LONGEST_ACTION} characters")),
        F.when(F.col("event_time").isNull(), F.lit("no event_time in ISO 8601 with a zone")),
        F.when(ahead, F.lit("event_time after its arrival")),
    )
    late = F.expr("false") if watermark is None else F.col("event_time") < as_timestamp(watermark)
    kind = F.when(F.col("malformed").isNotNull(), F.lit(MALFORMED)).when(late, F.lit(LATE))
    judged = parsed.withColumn("malformed", reason).withColumn("kind", kind)
    why = F.when(F.col("kind") == LATE, F.lit("older than the watermark")).otherwise(F.col("malformed"))
    return judged.select("payload", "origin", "arrived_at", "action", "event_time", "kind", why.alias("reason"))


def count_by_window(judged: DataFrame, *, window_minutes: int) -> DataFrame:
    """EVENT_COUNTS of the good events; windows begin at multiples of their length since 1970."""
    window = F.window("event_time", f"{window_minutes} minutes")
    good = judged.where(F.col("kind").isNull()).select(window.alias("window"), "action")
    keys = (F.col("window.start").alias("window_start"), F.col("window.end").alias("window_end"), "action")
    return good.groupBy(*keys).agg(F.count("*").alias("events"))


def add_up(first: DataFrame, second: DataFrame) -> DataFrame:
    """EVENT_COUNTS of both."""
    return first.unionByName(second).groupBy(*_KEYS).agg(F.sum("events").alias("events"))


def is_closed(watermark: int | None) -> Column:
    """Whether no event that is not late can still fall into a window: its end is not after the watermark."""
    return F.expr("false") if watermark is None else F.col("window_end") <= as_timestamp(watermark)


def as_timestamp(microseconds: int) -> Column:
    """A moment as a literal."""
    return F.timestamp_micros(F.lit(microseconds).cast("bigint"))


def _parse(raw: DataFrame) -> DataFrame:
    text = F.col("data").cast("string")
    is_text = F.encode(text, "UTF-8") == F.col("data")  # decoding replaces what is no UTF-8
    fields = F.from_json(text, _FIELDS, {"columnNameOfCorruptRecord": _CORRUPT, "mode": "PERMISSIVE"})
    read = raw.select("*", text.alias("text"), is_text.alias("is_text"), fields.alias("fields"))
    is_object = F.col("text").rlike(_OBJECT) & F.col(f"fields.{_CORRUPT}").isNull()
    moment = F.when(F.col("fields.event_time").rlike(_MOMENT), F.expr("try_cast(fields.event_time AS timestamp)"))
    return read.select(
        F.when(F.col("is_text"), F.col("text")).otherwise(F.base64("data")).alias("payload"),
        "origin",
        "arrived_at",
        F.col("fields.action").alias("action"),
        moment.alias("event_time"),
        "is_text",
        is_object.alias("is_object"),
    )
