"""One event at a time, then windows: the limit cases first."""

from datetime import UTC, datetime, timedelta

from penstock.streaming import microseconds, moment
from spark_jobs.transforms.events import add_up, count_by_window, is_closed, judge

ARRIVED = datetime(2024, 3, 1, 12, tzinfo=UTC)
NOON = microseconds("2024-03-01T12:00:00.000000+00:00")
HOUR = 3_600_000_000
GOOD = '{"action": "view", "event_time": "2024-03-01T11:59:59Z"}'
RAW = "data binary, origin string, arrived_at timestamp"


def judged(spark, *events, watermark=None, max_ahead_minutes=60.0):
    rows = [(each if isinstance(each, bytes) else each.encode(), f"e{n}", ARRIVED) for n, each in enumerate(events)]
    table = judge(spark.createDataFrame(rows, RAW), watermark=watermark, max_ahead_minutes=max_ahead_minutes)
    return table.orderBy("origin")


def event(time, action="view"):
    return f'{{"action": "{action}", "event_time": "{time}"}}'


def test_a_good_event(spark):
    (row,) = judged(spark, GOOD).collect()
    assert (row.kind, row.reason, row.action, row.payload) == (None, None, "view", GOOD)


NO_TIME = "no event_time in ISO 8601 with a zone"
MALFORMED = [
    (b"", "not a JSON object"),
    (b"   ", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b"7", "not a JSON object"),
    (f"[{GOOD}]".encode(), "not a JSON object"),
    (GOOD[:-1].encode(), "not a JSON object"),
    (GOOD.replace('"view"', "view").encode(), "not a JSON object"),
    (b"\xff" + GOOD.encode(), "not UTF-8, kept as base64"),
    (b"{}", "no action"),
    (b'{"event_time": "2024-03-01T11:59:59Z"}', "no action"),
    (event("2024-03-01T11:59:59Z", "  ").encode(), "no action"),
    (event("2024-03-01T11:59:59Z", "v" * 101).encode(), "action of more than 100 characters"),
    (b'{"action": "view"}', NO_TIME),
    (event("2024-03-01T11:59:59").encode(), NO_TIME),
    (event("T11:59:59Z").encode(), NO_TIME),
    (event("2024-02-30T11:59:59Z").encode(), NO_TIME),
    (event("1709294399").encode(), NO_TIME),
    (event("2024-03-01T13:00:00.000001Z").encode(), "event_time after its arrival"),
]


def test_a_malformed_event_says_why(spark):
    table = judged(spark, *(data for data, _ in MALFORMED), watermark=NOON)
    assert {row.kind for row in table.collect()} == {"malformed"}
    assert {row.origin: row.reason for row in table.collect()} == {
        f"e{number}": reason for number, (_, reason) in enumerate(MALFORMED)
    }


def test_a_payload_is_kept_as_it_came(spark):
    text, raw = judged(spark, '  {"a": "ü" ', b"\xff\x00").collect()
    assert (text.payload, raw.payload) == ('  {"a": "ü" ', "/wA=")


def test_an_event_may_claim_to_be_a_little_ahead(spark):
    times = ["2024-03-01T13:00:00Z", "2024-03-01T15:00:00+02:00", "2024-03-01T12:59:59.999999999Z"]
    assert {row.kind for row in judged(spark, *map(event, times)).collect()} == {None}


def test_late_is_older_than_the_watermark_and_nothing_else(spark):
    times = ["2024-03-01T11:59:59.999999Z", "2024-03-01T12:00:00Z", "2024-03-01T13:00:00+01:00"]
    rows = judged(spark, *map(event, times), watermark=NOON).collect()
    assert [(row.kind, row.reason) for row in rows] == [
        ("late", "older than the watermark"),
        (None, None),
        (None, None),
    ]
    assert [row.kind for row in judged(spark, *map(event, times)).collect()] == [None, None, None]


def test_windows_begin_with_their_start_and_end_before_their_end(spark):
    times = ["2024-03-01T11:00:00Z", "2024-03-01T11:59:59.999999Z", "2024-03-01T12:00:00Z", "2024-03-01T10:59:59Z"]
    table = judged(spark, *map(event, times), event(times[0], "buy"), "{}")
    counts = count_by_window(table, window_minutes=60).selectExpr("unix_micros(window_start)", "action", "events")
    assert sorted(map(tuple, counts.collect())) == [
        (NOON - 2 * HOUR, "view", 1),
        (NOON - HOUR, "buy", 1),
        (NOON - HOUR, "view", 2),
        (NOON, "view", 1),
    ]


def test_counts_add_up(spark):
    table = count_by_window(judged(spark, GOOD, GOOD), window_minutes=60)
    (row,) = add_up(table, table).collect()
    assert row.events == 4


def test_a_window_is_closed_when_the_watermark_has_reached_its_end(spark):
    table = count_by_window(judged(spark, GOOD), window_minutes=60)
    for watermark, closed in ((None, False), (NOON - 1, False), (NOON, True)):
        assert table.where(is_closed(watermark)).count() == int(closed)


def test_moments_are_exact_to_the_microsecond():
    for each in (0, -1, NOON + 1, microseconds("9999-12-31T23:59:59.999999+00:00")):
        assert microseconds(moment(each)) == each
    assert moment(NOON + 1) == "2024-03-01T12:00:00.000001+00:00"
    assert moment(0) == (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0)).isoformat(timespec="microseconds")
