"""Every state that AWS can answer is either an end or unfinished on purpose, and every call is one that boto3 has."""

from datetime import UTC, datetime

import botocore.session
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator

from penstock_waits.tables import (
    cluster_ended,
    cluster_ready,
    glue_run_ended,
    job_run_ended,
    notebook_ended,
    step_ended,
)
from penstock_waits.wait import Call, Wait

NOW = datetime(2026, 1, 2, tzinfo=UTC)
STEP = step_ended("j-1", "s-1", progress_uri="", deadline=NOW, poll_seconds=1)
READY = cluster_ready("j-1", deadline=NOW, poll_seconds=1)
ENDED = cluster_ended("j-1", deadline=NOW, poll_seconds=1)
GLUE = glue_run_ended("job", "jr_1", deadline=NOW, poll_seconds=1)
SERVERLESS = job_run_ended("00f1", "00r1", progress_uri="", deadline=NOW, poll_seconds=1)
NOTEBOOK = notebook_ended("ex-1", deadline=NOW, poll_seconds=1)
TABLES = [
    (READY, "ClusterState", {"STARTING", "BOOTSTRAPPING"}),
    (ENDED, "ClusterState", {"STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"}),
    (STEP, "StepState", {"PENDING", "RUNNING", "CANCEL_PENDING"}),
    (
        NOTEBOOK,
        "NotebookExecutionStatus",
        {"START_PENDING", "STARTING", "RUNNING", "FINISHING", "FAILING", "STOP_PENDING", "STOPPING"},
    ),
    (GLUE, "JobRunState", {"WAITING", "STARTING", "RUNNING", "STOPPING"}),
    (SERVERLESS, "JobRunState", {"SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING"}),
]


@pytest.mark.parametrize(("wait", "shape", "unfinished"), TABLES)
def test_the_states_are_those_of_the_service(wait: Wait, shape: str, unfinished: set[str]) -> None:
    model = botocore.session.get_session().get_service_model(wait.look.service)
    assert sorted([*wait.success, *wait.failure, *unfinished]) == sorted(model.shape_for(shape).enum)


@pytest.mark.parametrize("wait", [table[0] for table in TABLES])
def test_the_path_to_the_state_is_one_of_the_answer(wait: Wait) -> None:
    shape = _operation(wait.look).output_shape
    for part in wait.state.split("."):
        shape = shape.members[part]
    assert shape.enum


@pytest.mark.parametrize("call", [call for table in TABLES for call in (table[0].look, table[0].cancel) if call])
def test_the_calls_are_valid(call: Call) -> None:
    assert ParamValidator().validate(call.arguments, _operation(call).input_shape).generate_report() == ""


def test_whoever_waits_for_an_end_cancels_nothing() -> None:
    assert {str(table[0].cancel) for table in TABLES} == {
        "emr.terminate_job_flows",
        "emr.cancel_steps",
        "emr.stop_notebook_execution",
        "glue.batch_stop_job_run",
        "emr-serverless.cancel_job_run",
        "None",
    }


def _operation(call: Call) -> "botocore.model.OperationModel":
    model = botocore.session.get_session().get_service_model(call.service)
    (name,) = [name for name in model.operation_names if xform_name(name) == call.method]
    return model.operation_model(name)
