"""The ETL: wait for raw files, run Glue jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

from workflow.operators.glue import GlueRunOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.jobs import ReportingArgs
    from penstock.layout import Code
    from workflow.flow import Flow
    from workflow.spec import Glue


def wait_for_files(flow: Flow[Any], task_id: str, uris: Sequence[str]) -> S3KeySensor:
    """Until all raw files have arrived."""
    minutes = flow.spec.timeouts.input
    return S3KeySensor(
        task_id=task_id,
        bucket_key=list(uris),
        mode=flow.sensor_mode,
        poke_interval=flow.deployment.poll_seconds,
        timeout=minutes * 60,
        execution_timeout=timedelta(minutes=minutes),
        **flow.aws,
    )


def run_glue_job(flow: Flow[Any], task_id: str, args: ReportingArgs) -> GlueRunOperator:
    """Run one Glue job and wait for it."""
    minutes = flow.spec.timeouts.clean
    script = flow.code.script(args.script)
    return GlueRunOperator(
        task_id=task_id,
        deployment=flow.deployment.name,
        job_name=flow.glue_jobs[task_id],
        job_desc=f"{flow.dag_id}: {type(args).__doc__}",
        script_location=script,
        iam_role_arn=flow.deployment.glue_role,  # name or ARN: it goes to CreateJob as it is, without asking IAM
        create_job_kwargs=job_definition(flow.spec.glue, script=script, minutes=minutes),
        script_args={**run_options(flow.code), **args.to_glue()},
        report_uri=args.report_uri,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=minutes),
        **flow.operator,
    )


def job_definition(glue: Glue, *, script: str, minutes: int) -> dict[str, Any]:
    """What CreateJob needs beyond the operator's own fields."""
    return {
        "GlueVersion": glue.version,
        "WorkerType": glue.worker_type,
        "NumberOfWorkers": glue.workers,
        "Timeout": minutes,
        "Command": {"Name": "glueetl", "ScriptLocation": script, "PythonVersion": "3"},
    }


def run_options(code: Code) -> dict[str, str]:
    """Glue's own options, given to the run and not to the definition, so that a run keeps the code it started with."""
    return {"--extra-py-files": code.jobs_zip, "--enable-metrics": "true", "--job-language": "python"}
