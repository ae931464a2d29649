"""The tasks that load: Parquet in moto's S3, an Airflow connection, rows in a database."""

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from psycopg.conninfo import conninfo_to_dict

from penstock.documents import Table
from penstock.scoring import ScoreReport
from tests.dags.workflow.documents import EVALUATION, TRAINING
from workflow.storage import read_evidence, write_document
from workflow.tables.tasks import load_recommendations, record_metrics

SCORES, REPORT = "s3://bucket/scores", "s3://bucket/scores.json"
SQL = "application_db"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "tables.db"
    monkeypatch.setenv(f"AIRFLOW_CONN_{SQL.upper()}", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    return file


@pytest.fixture
def scores(aws: dict[str, Any]) -> Callable[[int], None]:
    """Two files of two users each, and a report that counts so many rows; marks of shards are no Parquet files."""
    hook = S3Hook(**aws)
    hook.create_bucket("bucket")

    def write(rows: int) -> None:
        for part in range(2):
            users = [2 * part + 1, 2 * part + 2]
            columns = {
                "user_id": pa.array(users, pa.int32()),
                "rank": pa.array([1, 1], pa.int32()),
                "item_id": pa.array([10 * user for user in users], pa.int32()),
                "score": pa.array([0.5, 0.25], pa.float32()),
            }
            file = io.BytesIO()
            pq.write_table(pa.table(columns), file)
            hook.load_bytes(file.getvalue(), f"scores/part-{part}.parquet", "bucket", replace=True)
        hook.load_string("{}", "scores/_shards/plan.json", "bucket", replace=True)
        report = ScoreReport(
            model_uri="s3://bucket/model",
            table=Table(name="scores", uri=SCORES, columns=[], rows=rows),
            k=1,
            seen_items="exclude",
            users=4,
            users_with_fewer=0,
            users_without_scores=0,
            items_without_factors=0,
            seconds=1.0,
            code_sha="c0ffee",
        )
        write_document(report, REPORT, aws)

    return write


def load(aws: dict[str, Any], *, connection_id: str = SQL) -> Any:
    return load_recommendations.function(
        connection_id=connection_id,
        table="recommendations",
        run_id="manual__1",
        report_uri=REPORT,
        version="0123456789abcdef",
        aws=aws,
    )


def test_every_score_is_in_the_table(database: Path, scores: Callable[[int], None], aws: dict[str, Any]) -> None:
    scores(4)
    assert load(aws) == {"table": "recommendations", "rows": 4}
    assert load(aws) == {"table": "recommendations", "rows": 4}
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT * FROM recommendations ORDER BY user_id").fetchall() == [
            (1, 10, 1, 0.5, "0123456789abcdef", "manual__1"),
            (2, 20, 1, 0.25, "0123456789abcdef", "manual__1"),
            (3, 30, 1, 0.5, "0123456789abcdef", "manual__1"),
            (4, 40, 1, 0.25, "0123456789abcdef", "manual__1"),
        ]


@pytest.mark.usefixtures("postgres")
def test_the_providers_hook_reaches_postgresql(
    postgres_uri: str, scores: Callable[[int], None], aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = conninfo_to_dict(postgres_uri)
    connection = {
        "conn_type": "postgres",
        "host": where["host"],
        "login": where["user"],
        "schema": where["dbname"],
    }
    monkeypatch.setenv(f"AIRFLOW_CONN_{SQL.upper()}", json.dumps(connection))
    scores(4)
    assert load(aws) == {"table": "recommendations", "rows": 4}
    with psycopg.connect(postgres_uri) as found:
        assert found.execute("SELECT count(*), max(score) FROM recommendations").fetchone() == (4, 0.5)


def test_rows_that_the_report_does_not_count_fail_for_good(
    database: Path, scores: Callable[[int], None], aws: dict[str, Any]
) -> None:
    scores(5)
    with pytest.raises(AirflowFailException, match=r"4 rows were loaded, and the report counts 5. Were the files"):
        load(aws)


def test_no_files_are_no_empty_table(database: Path, scores: Callable[[int], None], aws: dict[str, Any]) -> None:
    scores(4)
    S3Hook(**aws).delete_objects("bucket", [f"scores/part-{part}.parquet" for part in range(2)])
    with pytest.raises(AirflowFailException, match="s3://bucket/scores holds no Parquet file: the job that writes it"):
        load(aws)


def test_without_a_database_nothing_is_loaded(aws: dict[str, Any]) -> None:
    with pytest.raises(AirflowSkipException, match="This deployment names no database: put the id of an Airflow conn"):
        load(aws, connection_id="")


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        (
            None,
            "sql_conn_id names the Airflow connection 'application_db', which does not exist. Add it, of type postg",
        ),
        ({"conn_type": "mysql"}, "connection 'application_db' is of type 'mysql'; expected postgres or sqlite"),
    ],
)
def test_a_connection_that_does_not_fit_says_so(
    scores: Callable[[int], None],
    aws: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    connection: dict[str, Any] | None,
    message: str,
) -> None:
    scores(4)
    if connection:
        monkeypatch.setenv(f"AIRFLOW_CONN_{SQL.upper()}", json.dumps(connection))
    with pytest.raises(AirflowFailException, match=message):
        load(aws)


def test_the_history_has_one_row_for_each_metric_however_often_it_is_written(
    database: Path, aws: dict[str, Any]
) -> None:
    S3Hook(**aws).create_bucket("bucket")
    write_document(TRAINING, "s3://bucket/training.json", aws)
    write_document(EVALUATION, "s3://bucket/evaluation.json", aws)
    for run in ("manual__1", "manual__1", "manual__2"):
        recorded = record_metrics.function(
            connection_id=SQL,
            model="movies",
            dag_id="movie_recommender",
            run_id=run,
            trained_uri="s3://bucket/training.json",
            judged_uri="s3://bucket/evaluation.json",
            aws=aws,
        )
        assert recorded == {"table": "model_metrics", "rows": 6}
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT * FROM model_metrics WHERE run_id = 'manual__1' ORDER BY rowid").fetchall()
        assert connection.execute("SELECT count(*) FROM model_metrics").fetchone() == (12,)
    about, version = (
        ("movie_recommender", "manual__1", "movies"),
        read_evidence("s3://bucket/training.json", "s3://bucket/evaluation.json", aws).version,
    )
    assert found == [
        (*about, "challenger", "random 0.2", "ndcg_at_k", 0.3, version),
        (*about, "challenger", "random 0.2", "rmse", None, version),
        (*about, "champion", "random 0.2", "ndcg_at_k", 0.25, version),
        (*about, "champion", "random 0.2", "rmse", None, version),
        (*about, "popularity", "random 0.2", "ndcg_at_k", 0.18, version),
        (*about, "popularity", "random 0.2", "rmse", None, version),
    ]
