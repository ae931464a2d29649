import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.errors import DataError
from penstock.jobs import ScoreArgs
from spark_jobs.entry import launch

ROOT = Path(__file__).parents[2]
REPORT = "s3://penstock-test/entry/report.json"
ARGV = ["--ratings_uri=r", "--model_uri=m", "--scores_uri=s", f"--report_uri={REPORT}"]


def test_a_job_gets_its_session_and_its_arguments(spark):
    calls = []
    launch(ScoreArgs, lambda session, args: calls.append((session, args)), ARGV)
    assert calls == [(spark, ScoreArgs(ratings_uri="r", model_uri="m", scores_uri="s", report_uri=REPORT))]


def test_an_expected_failure_is_one_line_and_status_1(spark):
    def run(session, args):
        raise DataError("no\nrows")

    with pytest.raises(SystemExit) as stop:
        launch(ScoreArgs, run, ARGV)
    assert stop.value.code == "DataError: no rows"


def test_a_bug_keeps_its_trace(spark):
    with pytest.raises(ZeroDivisionError):
        launch(ScoreArgs, lambda session, args: 1 / 0, ARGV)


@pytest.mark.parametrize(
    "script",
    [
        "spark_jobs/train.py",
        "spark_jobs/evaluate.py",
        "spark_jobs/score.py",
        "spark_jobs/fit.py",
        "spark_jobs/assess.py",
        "glue_scripts/clean_adult.py",
        "glue_scripts/clean_libsvm.py",
        "glue_scripts/clean_ratings.py",
    ],
)
def test_a_script_refuses_a_wrong_command_line_in_one_line(script):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, ROOT / script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"ArgumentError: {script}: the following arguments are required: --report_uri")
