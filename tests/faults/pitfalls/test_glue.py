"""What the provider's Glue operators do (9.39.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.amazon.aws.hooks.glue import GlueJobHook
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.sensors.glue import GlueJobSensor

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.harness.lane import Lane


@pytest.mark.parametrize("state", ["ERROR", "EXPIRED"])
def test_some_ends_are_waited_for_for_ever(aws: Any, state: str) -> None:
    tokens = GlueJobHook.LogContinuationTokens()
    goes_on = GlueJobHook(**aws)._handle_state(state, "job", "run", False, tokens)
    assert goes_on is None
    assert state not in {*GlueJobSensor.FAILURE_STATES, *GlueJobSensor.SUCCESS_STATES}


def test_two_scripts_of_one_name_are_one_object(lane: Lane, aws: Any, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "etl.py").write_text(folder)
    one, two = (operator(aws, tmp_path / each / "etl.py") for each in ("one", "two"))
    one.upload_etl_script_to_s3()
    with pytest.raises(ValueError, match="already exists"):
        two.upload_etl_script_to_s3()
    [key] = [each["Key"] for each in lane.client("s3").list_objects_v2(Bucket="faults", Prefix="artifacts")["Contents"]]
    assert key.endswith("/etl.py")
    assert lane.client("s3").get_object(Bucket="faults", Key=key)["Body"].read() == b"one"


def test_an_existing_job_keeps_its_old_configuration_and_its_run_outlives_the_task(aws: Any, tmp_path: Path) -> None:
    made = operator(aws, tmp_path / "etl.py")
    assert (made.update_config, made.stop_job_run_on_kill) == (False, False)


def operator(aws: dict[str, Any], script: Path) -> GlueJobOperator:
    return GlueJobOperator(
        task_id="etl", job_name="etl", script_location=str(script), s3_bucket="faults", iam_role_name="glue", **aws
    )
