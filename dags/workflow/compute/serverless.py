"""EMR Serverless: an application that starts with its first job run and stops when it is idle."""

from __future__ import annotations

import logging
import uuid
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
UPDATABLE = {"CREATED", "STOPPED"}
CHANGEABLE = ("architecture", "maximumCapacity", "autoStopConfiguration", "networkConfiguration")
log = logging.getLogger(__name__)


def prepare_application(flow: Flow[Any]) -> XComArg:
    """The task that finds or makes the workflow's application."""
    return prepare(request=application(flow), aws=flow.aws)


def application(flow: Flow[Any]) -> dict[str, Any]:
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
    fit = [each for each in found if each["state"] not in GONE and each["releaseLabel"] == request["releaseLabel"]]
    if fit:
        _bring_up_to_date(client, str(fit[0]["id"]), request)
        return str(fit[0]["id"])
    token = f"{request['name']}-{request['releaseLabel']}-{len(found)}"[-64:]
    return str(client.create_application(clientToken=token, **request)["applicationId"])


def _bring_up_to_date(client: Any, application_id: str, request: dict[str, Any]) -> None:
    """Set what differs; AWS changes an application only while it has stopped."""
    is_now = client.get_application(applicationId=application_id)["application"]
    changes = {name: request[name] for name in CHANGEABLE if not _holds(is_now.get(name), request[name])}
    if not changes:
        return
    if is_now["state"] not in UPDATABLE:
        log.warning("%s is %s, so it keeps its %s", application_id, is_now["state"], " and ".join(changes))
        return
    client.update_application(applicationId=application_id, clientToken=str(uuid.uuid4()), **changes)
    log.info("%s has got another %s", application_id, " and ".join(changes))


def _holds(got: Any, wanted: Any) -> bool:
    """Whether AWS's answer, which says more, has what is wanted; it writes 64 GB as 64GB, say."""
    if isinstance(wanted, dict):
        return all(_holds((got or {}).get(name), value) for name, value in wanted.items())
    if isinstance(wanted, str) and isinstance(got, str):
        return "".join(got.split()).lower() == "".join(wanted.split()).lower()
    return bool(got == wanted)


def run_job(flow: Flow[Any], task_id: str, args: ReportingArgs, *, label: str, minutes: int) -> SparkJobRunOperator:
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


def spark_submit(flow: Flow[Any], args: ReportingArgs) -> dict[str, Any]:
    """The job driver's part: script, arguments and spark-submit's options."""
    settings = flow.environment.of(flow.spark_conf).serverless_conf(flow.spark_conf)
    conf = " ".join(f"--conf {name}={value}" for name, value in settings.items())
    return {
        "entryPoint": flow.code.script(args.script),
        "entryPointArguments": args.to_argv(),
        "sparkSubmitParameters": f"--py-files {flow.code.jobs_zip} {conf}".strip(),
    }


def measure_cost(flow: Flow[Any], prepared: Any) -> XComArg:
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
