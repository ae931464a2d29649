import pytest

from penstock_ui import addresses


def test_ids_are_encoded_once() -> None:
    assert addresses.report("my.dag", "manual__2026-11-21T08:00:00+00:00") == (
        "/penstock/runs/my.dag/manual__2026-11-21T08%3A00%3A00%2B00%3A00/report"
    )
    assert addresses.driver_log("d", "r", "group.train_model") == "/penstock/runs/d/r/log?task_id=group.train_model"
    assert addresses.driver_log("d", "r", "t", 3) == "/penstock/runs/d/r/log?task_id=t&map_index=3"


def test_an_airflow_below_a_path_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://example.com/team/airflow/")
    assert addresses.model("movie_recommender") == "/team/airflow/penstock/models#movie_recommender"
    assert addresses.dag_run("d", "a b") == "/team/airflow/dags/d/runs/a%20b"


@pytest.mark.parametrize(
    ("tracking_uri", "expected"),
    [
        ("http://127.0.0.1:8083/", "http://127.0.0.1:8083/#/models/income/versions/2"),
        ("arn:aws:sagemaker:eu-central-1:123456789012:mlflow-tracking-server/x", "/penstock/models#income"),
    ],
)
def test_a_version_without_a_page_in_mlflow_is_found_among_the_models(tracking_uri: str, expected: str) -> None:
    assert addresses.mlflow_version(tracking_uri, "income", "2") == expected
