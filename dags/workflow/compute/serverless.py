"""EMR Serverless: an application that starts with its first job run and stops when it is idle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.emr import EmrServerlessHook
from airflow.sdk import task

from penstock.progress import progress_uri
from workflow.compute import costing
from workflow.operators.serverless import SparkJobRunOperator
from workflow.ownership import DEPLOYMENT

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from penstock.jobs import ReportingArgs
    from workflow.flow import Flow

PREPARE = "prepare_application"
APPLICATION_ID = f"{{{{ ti.xcom_pull(task_ids='{PREPARE}') }}}}"
GONE = {"TERMINATED"}


def prepare_application(flow: Flow) -> XComArg:
    """The task that finds or makes the workflow's application."""
    return prepare(request=application(flow), aws=flow.aws)


def application(flow: Flow) -> dict[str, Any]:
    """CreateApplication's request. Without initial capacity it costs nothing while no job runs."""
    wanted = flow.spec.serverless
    assert wanted, "the spec asks for EMR Serverless"  # noqa: S101 - the caller has looked
    return {
        "name": f"{flow.deployment.name}-{flow.dag_id}",
        "releaseLabel": wanted.release_label,
        "type": "SPARK",
        "architecture": wanted.architecture,
        "maximumCapacity": {"cpu": f"{wanted.max_vcpu} vCPU", "memory": f"{wanted.max_memory_gb} GB"},
        "autoStartConfiguration": {"enabled": True},
        "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": wanted.idle_minutes},
        "networkConfiguration": {"subnetIds": list(flow.deployment.subnet_ids)} if flow.deployment.subnet_ids else {},
        "tags": {DEPLOYMENT: flow.deployment.name},
    }


@task(task_id=PREPARE)
def prepare(request: dict[str, Any], aws: dict[str, Any]) -> str:
    """The id of the application of this name, created if there is none; its limits are brought up to date."""
    client = EmrServerlessHook(**aws).conn
    pages = client.get_paginator("list_applications").paginate()
    found = [each for page in pages for each in page["applications"] if each["name"] == request["name"]]
    alive = [each for each in found if each["state"] not in GONE]
    if alive and alive[0]["releaseLabel"] == request["releaseLabel"]:
        return str(alive[0]["id"])
    token = f"{request['name']}-{request['releaseLabel']}-{len(found)}"[-64:]
    return str(client.create_application(clientToken=token, **request)["applicationId"])


def run_job(flow: Flow, task_id: str, args: ReportingArgs, *, label: str, minutes: int) -> SparkJobRunOperator:
    """Run one Spark job on the application and wait for it."""
    return SparkJobRunOperator(
        task_id=task_id,
        deployment=flow.deployment.name,
        application_id=APPLICATION_ID,
        execution_role_arn=flow.deployment.emr_serverless_role,
        job_driver={"sparkSubmit": spark_submit(flow, args)},
        name=f"{task_id.rpartition('.')[2]} {label}",
        log_uri=flow.deployment.layout.logs,
        report_uri=args.report_uri,
        progress_uri=progress_uri(args.report_uri),
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=minutes),
        **flow.operator,
    )


def spark_submit(flow: Flow, args: ReportingArgs) -> dict[str, Any]:
    """The job driver's part: script, arguments and spark-submit's options."""
    conf = " ".join(f"--conf {name}={value}" for name, value in flow.spec.spark_conf.items())
    return {
        "entryPoint": flow.code.script(args.script),
        "entryPointArguments": args.to_argv(),
        "sparkSubmitParameters": f"--py-files {flow.code.jobs_zip} {conf}".strip(),
    }


def measure_cost(flow: Flow, prepared: Any) -> XComArg:
    """What the run has cost by what AWS has billed; for a failed run as well."""
    measured = costing.measure_job_runs(
        application_id=str(APPLICATION_ID),
        deployment=flow.deployment.name,
        document_uri=flow.run.cost,
        glue_jobs=flow.glue_jobs,
        aws=flow.aws,
    )
    measured.as_teardown(setups=prepared)
    return measured
