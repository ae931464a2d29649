"""The ETL: wait for raw files, clean them with a Glue job."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

from penstock.jobs import CleanRatingsArgs
from workflow.flow import CLEAN
from workflow.operators.glue import GlueRunOperator
from workflow.params import param

if TYPE_CHECKING:
    from penstock.layout import Code
    from workflow.flow import Flow
    from workflow.spec import Glue


def raw_files() -> tuple[str, str]:
    """Templates of the locations of ratings and movies."""
    folder, suffix = param("raw_uri"), param("source_format")
    return f"{folder}/ratings.{suffix}", f"{folder}/movies.{suffix}"


def wait_for_ratings(flow: Flow) -> S3KeySensor:
    """Until both raw files have arrived."""
    minutes = flow.spec.timeouts.input
    return S3KeySensor(
        task_id="wait_for_ratings",
        bucket_key=list(raw_files()),
        mode=flow.sensor_mode,
        poke_interval=flow.deployment.poll_seconds,
        timeout=minutes * 60,
        execution_timeout=timedelta(minutes=minutes),
        **flow.aws,
    )


def clean_ratings(flow: Flow) -> GlueRunOperator:
    """Good rows to Parquet, bad rows to quarantine, everything counted."""
    minutes = flow.spec.timeouts.clean
    args = clean_ratings_args(flow)
    return GlueRunOperator(
        task_id=CLEAN,
        deployment=flow.deployment.name,
        job_name=flow.glue_jobs[CLEAN],
        job_desc=f"{flow.dag_id}: {CleanRatingsArgs.__doc__}",
        script_location=flow.code.script(args.script),
        iam_role_arn=flow.deployment.glue_role,  # name or ARN: it goes to CreateJob as it is, without asking IAM
        create_job_kwargs=job_definition(flow.spec.glue, script=flow.code.script(args.script), minutes=minutes),
        script_args={**run_options(flow.code), **args.to_glue()},
        report_uri=args.report_uri,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=minutes),
        **flow.operator,
    )


def clean_ratings_args(flow: Flow) -> CleanRatingsArgs:
    """The job's arguments, as templates."""
    ratings_uri, movies_uri = raw_files()
    return CleanRatingsArgs(
        ratings_uri=ratings_uri,
        movies_uri=movies_uri,
        format=param("source_format"),
        clean_uri=flow.run.clean,
        quarantine_uri=flow.run.quarantine,
        report_uri=flow.run.data_report,
        max_bad_ratio=param("max_bad_ratio"),
        code_sha=flow.deployment.code_sha,
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
