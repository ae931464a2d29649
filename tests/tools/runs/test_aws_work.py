from datetime import UTC, datetime, timedelta

from tools.runs.aws_work import AwsWork, Work, busy_seconds

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def work(began: float | None, ended: float | None) -> Work:
    return Work(
        service="EMR",
        name="train",
        state="RUNNING",
        began=None if began is None else moment(began),
        ended=None if ended is None else moment(ended),
    )


def busy(*pieces: Work) -> float:
    return busy_seconds(pieces, BEGAN, moment(100))


def test_no_work_is_no_time() -> None:
    assert busy() == 0
    assert busy(work(None, None)) == 0


def test_side_by_side_counts_once() -> None:
    assert busy(work(10, 30), work(20, 40)) == 30
    assert busy(work(10, 40), work(20, 30)) == 30
    assert busy(work(20, 30), work(10, 40)) == 30


def test_gaps_do_not_count() -> None:
    assert busy(work(10, 20), work(30, 40)) == 20


def test_only_the_time_of_the_run_counts() -> None:
    assert busy(work(-10, 10), work(90, None), work(120, 130)) == 20


class OneOfEach:
    """Answers as EMR and Glue do after one step and one job run have failed."""

    def list_clusters(self, **_: object) -> dict[str, object]:
        return {"Clusters": [{"Id": "j-1"}]}

    def list_steps(self, **_: object) -> dict[str, object]:
        failure = {"Reason": "Unknown Error.", "Message": "KeyError: 'x'", "LogFile": "s3://b/logs/stderr.gz"}
        times = {"StartDateTime": moment(20), "EndDateTime": moment(30)}
        status = {"State": "FAILED", "Timeline": times, "FailureDetails": failure}
        return {
            "Steps": [
                {"Name": "train", "Status": status},
                {"Name": "score", "Status": {"State": "CANCELLED", "Timeline": {}}},
            ]
        }

    def get_jobs(self) -> dict[str, object]:
        return {"Jobs": [{"Name": "clean"}]}

    def get_job_runs(self, **_: object) -> dict[str, object]:
        run = {"JobRunState": "FAILED", "StartedOn": moment(1), "CompletedOn": moment(9), "ErrorMessage": "no rows"}
        earlier = {"JobRunState": "SUCCEEDED", "StartedOn": moment(-60), "CompletedOn": moment(-50)}
        return {"JobRuns": [run, earlier]}


def test_failed_work_brings_its_reason_and_its_log() -> None:
    aws = OneOfEach()
    found = AwsWork(aws, aws, since=BEGAN).now()
    assert [(each.name, each.state, each.reason, each.log) for each in found] == [
        ("clean", "FAILED", "no rows", ""),
        ("train", "FAILED", "KeyError: 'x'", "s3://b/logs/stderr.gz"),
        ("score", "CANCELLED", "", ""),
    ]
