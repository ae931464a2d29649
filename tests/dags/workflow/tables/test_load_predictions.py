"""Predictions as the job leaves them in moto's S3, through an Airflow connection into either database."""

import io
import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from psycopg.conninfo import conninfo_to_dict

from penstock.prediction import ModelDescription, PredictionReport
from penstock.tables import PREDICTIONS
from workflow.storage import write_document
from workflow.tables.load_predictions import load_predictions

TABLE, REPORT, SQL = "s3://bucket/prediction-table", "s3://bucket/predictions.json", "application_db"
WHEN = "2026-01-02 03:04:05+00:00"
Select = Callable[[str], list[tuple[Any, ...]]]
ARROW = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64()}
ROWS = [
    ("s3://bucket/in/a.json", 1, "x", '{"doubled": 2}', None, None),
    ("s3://bucket/in/a.json", 2, "7", "4.5", 4.5, None),
    ("s3://bucket/in/a.json", 4, None, None, None, "JSONDecodeError"),
    ("s3://bucket/in/b.json", 1, "7", 'a "setosa", maybe', None, None),
]


@pytest.fixture(params=["postgres", "sqlite"])
def connect(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Either database, as the Airflow connection that the deployment names."""
    connecting = request.getfixturevalue(request.param)
    where = {"conn_type": "sqlite", "host": str(tmp_path / "tables.db")}
    if request.param == "postgres":
        found = conninfo_to_dict(request.getfixturevalue("postgres_uri"))
        where = {
            "conn_type": "postgres",
            "host": str(found["host"]),
            "login": str(found["user"]),
            "schema": str(found["dbname"]),
        }
    monkeypatch.setenv(f"AIRFLOW_CONN_{SQL.upper()}", json.dumps(where))
    return connecting


@pytest.fixture
def written(aws: dict[str, Any]) -> Callable[..., None]:
    """A folder for each group, as the job makes them, and its report."""
    hook = S3Hook(**aws)
    hook.create_bucket("bucket")

    def write(rows: list[Any] = ROWS, *, records: int = 4, quarantined: int = 1) -> None:
        for group, part in (("0a", rows[:3]), ("0b", rows[3:])):
            schema = pa.schema([(name, ARROW[kind]) for name, kind in PREDICTIONS.items()])
            table = pa.Table.from_pylist([dict(zip(PREDICTIONS, each, strict=True)) for each in part], schema)
            file = io.BytesIO()
            pq.write_table(table, file)
            hook.load_bytes(file.getvalue(), f"prediction-table/group={group}/part-0.parquet", "bucket", replace=True)
        write_document(report(records, quarantined), REPORT, aws)

    return write


def report(records: int, quarantined: int) -> PredictionReport:
    model = ModelDescription(
        qualified_name="doubling",
        version="1.2",
        display_name="",
        description="",
        kind="mlmodel",
        vectorised=False,
        input_schema={},
        output_schema={},
    )
    return PredictionReport(
        model=model,
        input_uri="s3://bucket/in",
        input_format="json",
        output_format="classic",
        predictions_uri="s3://bucket/predictions",
        quarantine_uri="s3://bucket/quarantine",
        files=2,
        files_skipped=0,
        records=records,
        predicted=records - quarantined,
        quarantined=quarantined,
        by_error={},
        samples=[],
        bad_ratio=quarantined / records,
        max_bad_ratio=1.0,
        failures=[],
        seconds=1.0,
        code_sha="c0ffee",
    )


def load(aws: dict[str, Any], **values: Any) -> Any:
    given = {"connection_id": SQL, "table": "predictions", "key": "id", "run_id": "manual__1", **values}
    return load_predictions.function(logical_date=WHEN, table_uri=TABLE, report_uri=REPORT, aws=aws, **given)


@pytest.mark.usefixtures("connect")
def test_every_record_is_in_the_table_however_often_it_is_loaded(
    written: Callable[..., None], aws: dict[str, Any], select: Select
) -> None:
    written()
    for _ in range(2):
        assert load(aws) == {"table": "predictions", "rows": 4, "without_prediction": 1}
    made_by = ("doubling", "1.2", "manual__1")
    rows = select("SELECT * FROM predictions ORDER BY input_file, input_line")
    assert [row[:-1] for row in rows] == [(*row, *made_by) for row in ROWS]
    assert {datetime.fromisoformat(str(row[-1])) for row in rows} == {datetime.fromisoformat(WHEN)}


@pytest.mark.usefixtures("connect")
def test_another_run_replaces_all_of_it(written: Callable[..., None], aws: dict[str, Any], select: Select) -> None:
    written()
    load(aws)
    written([("s3://bucket/in/c.json", 1, "y", "1", 1.0, None)], records=1, quarantined=0)
    load(aws, run_id="manual__2")
    assert select("SELECT input_file, prediction_number, run_id FROM predictions") == [
        ("s3://bucket/in/c.json", 1.0, "manual__2")
    ]


def test_the_key_has_an_index(
    connect: Any, written: Callable[..., None], aws: dict[str, Any], select: Select, request: pytest.FixtureRequest
) -> None:
    """Made by the first load that names a key, and used."""
    written()
    load(aws, key="")
    load(aws)
    if "postgres" in request.node.name:
        (found,) = select("SELECT indexdef FROM pg_indexes WHERE indexname = 'predictions_record_key'")
        assert found[0].endswith("ON public.predictions USING btree (record_key)")
    else:
        plan = select("EXPLAIN QUERY PLAN SELECT * FROM predictions WHERE record_key = '7'")
        assert "USING INDEX predictions_record_key" in plan[0][-1]


@pytest.mark.usefixtures("connect")
def test_other_counts_than_the_reports_fail_for_good_and_change_nothing(
    written: Callable[..., None], aws: dict[str, Any], select: Select
) -> None:
    written()
    load(aws)
    written(records=5)
    with pytest.raises(AirflowFailException, match=r"was not replaced: 4 rows were loaded, and the report"):
        load(aws, run_id="manual__2")
    written(quarantined=2)
    with pytest.raises(AirflowFailException, match=r"was not replaced: 1 rows have no prediction, and the"):
        load(aws, run_id="manual__2")
    assert select("SELECT DISTINCT run_id FROM predictions") == [("manual__1",)]


@pytest.mark.usefixtures("connect")
def test_a_key_that_no_record_has_is_refused(written: Callable[..., None], aws: dict[str, Any], select: Select) -> None:
    written([(*row[:2], None, *row[3:]) for row in ROWS])
    with pytest.raises(AirflowFailException, match=r"none of 4 records has the field 'idd', which key names\. Name"):
        load(aws, key="idd")
    assert load(aws, key="")["rows"] == 4
    assert select("SELECT count(record_key) FROM predictions") == [(0,)]


def test_without_a_database_or_a_table_nothing_is_loaded(aws: dict[str, Any]) -> None:
    with pytest.raises(AirflowSkipException, match="This deployment names no database: put the id of an Airflow conn"):
        load(aws, connection_id="")
    with pytest.raises(AirflowSkipException, match=r"^This run loads no table: its parameter table is empty\.$"):
        load(aws, table="")


def test_a_reader_of_postgresql_gets_json_and_times(
    written: Callable[..., None], aws: dict[str, Any], connect: Any, request: pytest.FixtureRequest
) -> None:
    if "sqlite" in request.node.name:
        pytest.skip("sqlite has no jsonb")
    written()
    load(aws)
    with closing(connect()) as connection:
        asked = "SELECT (prediction::jsonb ->> 'doubled')::integer, extract(epoch FROM logical_date) FROM predictions"
        assert connection.execute(f"{asked} WHERE record_key = 'x'").fetchone() == (2, 1767323045)
