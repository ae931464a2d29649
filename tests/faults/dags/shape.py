"""What every variant of the matrix's workflow has in common: one cluster, one step, and how patient it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

LEDGER = "PENSTOCK_FAULTS_LEDGER"
"""Names the folder where steps write when they begin and end; one file for each variant and run."""
DEPLOYMENTS = "PENSTOCK_FAULTS_DEPLOYMENTS"
"""Names the folder with a folder for each variant, which holds its deployment.json."""
RETRIES = 2
RETRY_DELAY = timedelta(seconds=1)
POLL_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a variant's step and run may take; None is no limit."""

    suffix: str
    step: timedelta
    run: timedelta | None = None
    step_retries: int = RETRIES


PATIENCE = (
    Patience(suffix="", step=timedelta(seconds=90)),
    Patience(suffix="_brief", step=timedelta(seconds=20), step_retries=1),
    Patience(suffix="_limited", step=timedelta(seconds=90), run=timedelta(seconds=40)),
)
"""The usual workflow, one whose step gets little time, and one whose run does."""

PARAMS = {"step_seconds": 4}


def command(lane: str) -> list[str]:
    """A step that says in the ledger when it begins and when it ends, and takes a while in between; a template.

    A step that is killed never writes its end, so completions are counted without asking the API.
    """
    ledger = Path(os.environ.get(LEDGER, "/nowhere")) / lane / "{{ run_id }}"
    script = 'echo "$EMR_STEP_ID begin" >> "$1"; sleep "$2"; echo "$EMR_STEP_ID end" >> "$1"'
    return ["bash", "-c", script, "step", str(ledger), "{{ params.step_seconds }}"]


def step(lane: str) -> dict[str, Any]:
    """The step as boto3 takes it."""
    jar = {"Jar": "command-runner.jar", "Args": command(lane)}
    return {"Name": "work {{ run_id }}", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def job_flow(dag_id: str) -> dict[str, Any]:
    """A cluster as AWS's example for Airflow asks for it: one primary node that waits for steps."""
    primary = {
        "Name": "Primary node",
        "Market": "ON_DEMAND",
        "InstanceRole": "MASTER",
        "InstanceType": "m5.xlarge",
        "InstanceCount": 1,
    }
    return {
        "Name": dag_id,
        "ReleaseLabel": "emr-7.13.0",
        "LogUri": "s3://faults/logs",
        "Applications": [{"Name": "Spark"}],
        "Instances": {
            "InstanceGroups": [primary],
            "KeepJobFlowAliveWhenNoSteps": True,
            "TerminationProtected": False,
        },
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
    }
