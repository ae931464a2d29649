"""Which run and which model are meant, and what is said of those that are not there."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk.exceptions import AirflowFailException

from penstock.layout import Layout, run_key
from workflow.notebook.tasks import find_run, locate

RUN_ID = "manual__2026-01-02T03:04:05+00:00"
RUN = f"s3://bucket/prefix/runs/income_classifier/{run_key(RUN_ID)}"


@pytest.fixture
def lake(aws: dict[str, str]) -> dict[str, str]:
    """A run with two models, and one without any."""
    s3: Any = S3Hook(**aws).conn
    s3.create_bucket(Bucket="bucket")
    for key in ("model/tree/metadata/part-0", "model/forest/metadata/part-0", "report/data.json"):
        s3.put_object(Bucket="bucket", Key=f"{RUN.removeprefix('s3://bucket/')}/{key}", Body=b"")
    s3.put_object(Bucket="bucket", Key="prefix/runs/income_classifier/early/report/data.json", Body=b"")
    return aws


@pytest.mark.parametrize("run", [RUN, f"income_classifier/{RUN_ID}"])
def test_a_run_is_found_by_its_folder_and_by_its_ids(lake: dict[str, str], run: str) -> None:
    assert find_run.function(run=run, model="tree", aws=lake) == {
        "run_uri": RUN,
        "model": "tree",
        "notebook_uri": f"{RUN}/report/explore_run.ipynb",
    }


def test_no_name_is_the_first_model_by_name(lake: dict[str, str]) -> None:
    assert find_run.function(run=RUN, model="", aws=lake)["model"] == "forest"


def test_a_run_without_models_can_be_explored(lake: dict[str, str]) -> None:
    assert find_run.function(run="income_classifier/early", model="", aws=lake)["model"] == ""


@pytest.mark.parametrize(
    ("run", "model", "message"),
    [
        (
            "income_classifier/earli",
            "",
            "s3://bucket/prefix/runs/income_classifier/earli is no run: nothing lies there; did you mean 'early'?",
        ),
        (RUN, "forrest", f"{RUN} has no model 'forrest'; did you mean 'forest'?"),
        (
            "income_classifier/early",
            "tree",
            "s3://bucket/prefix/runs/income_classifier/early has no model 'tree'; known: ",
        ),
    ],
)
def test_what_is_not_there_fails_at_once(lake: dict[str, str], run: str, model: str, message: str) -> None:
    with pytest.raises(AirflowFailException) as raised:
        find_run.function(run=run, model=model, aws=lake)
    assert str(raised.value) == message


def test_a_folder_may_end_in_a_slash() -> None:
    assert locate(Layout("s3://bucket"), "s3://other/runs/a/b/").uri == "s3://other/runs/a/b"
