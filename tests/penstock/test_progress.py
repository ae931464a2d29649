"""How far a job is, as a document and as a line."""

import pytest

from penstock.errors import DocumentError
from penstock.progress import Progress, progress_uri

PROGRESS = Progress(seconds=12.6, stage="count at ALS.scala:1003", stages_done=2, stages=5, tasks_done=3, tasks=8)


def test_it_comes_back_as_it_was() -> None:
    assert Progress.from_json(PROGRESS.to_json(), "here") == PROGRESS


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "progress"}'])
def test_a_half_written_one_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^here "):
        Progress.from_json(text, "here")


def test_the_sentence() -> None:
    assert PROGRESS.sentence == "13 s: stage 3/5, 3 of 8 tasks (count at ALS.scala:1003)"


def test_between_two_spark_jobs_the_driver_works() -> None:
    alone = Progress(seconds=0.4, stage="", stages_done=0, stages=0, tasks_done=0, tasks=0)
    assert alone.sentence == "0 s: in the driver"


def test_a_job_whose_stages_are_all_done_is_at_its_last() -> None:
    done = Progress(seconds=60, stage="collect", stages_done=5, stages=5, tasks_done=8, tasks=8)
    assert done.sentence == "60 s: stage 5/5, 8 of 8 tasks (collect)"


def test_it_lies_beside_the_report() -> None:
    assert progress_uri("s3://b/metrics/training.json") == "s3://b/metrics/training.progress.json"
