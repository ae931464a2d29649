"""What CI keeps of a failed run is where the tests write it."""

from pathlib import Path

import pytest
import yaml

from tools.settings import REPOSITORY

RUNNER_TEMP = "${{ runner.temp }}"
STEPS = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "test.yaml").read_text())["jobs"]["test"]["steps"]


def test_the_logs_of_a_stack_that_a_test_started_are_uploaded(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = next(each for each in STEPS if each.get("run") == "bash .ci/run")
    upload = next(each for each in STEPS if "upload-artifact" in each.get("uses", ""))
    assert run["env"]["PYTEST_DEBUG_TEMPROOT"] == RUNNER_TEMP
    base = tmp_path_factory.getbasetemp()
    home = tmp_path / tmp_path_factory.mktemp("home").relative_to(base.parent.parent)
    written = {
        home / "logs" / "airflow-scheduler.log",
        home / "airflow" / "logs" / "dag_id=d" / "run_id=r" / "task_id=t" / "attempt=1.log",
        home / "aws" / "s3" / "penstock-local" / "logs" / "j-1" / "steps" / "s-1" / "stderr.gz",
    }
    for each in written:
        each.parent.mkdir(parents=True)
        each.touch()
    patterns = [each.removeprefix(f"{RUNNER_TEMP}/") for each in upload["with"]["path"].splitlines()]
    assert all("${{" not in each for each in patterns)
    kept = {path for each in patterns for path in tmp_path.glob(each.removesuffix("**") + "**/*" * each.endswith("**"))}
    assert {path for path in kept if path.is_file()} == written
