"""What a run used, asked of EMR, Glue and EMR Serverless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow.cost.actual import Usage
from workflow.cost.lookup import client_of
from workflow.cost.metered import ServerlessRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.cost.actual import Instance
    from workflow.cost.metered import JobRun

Pair = tuple[str, str]


def collect_usage(
    *,
    aws_conn_id: str | None,
    region_name: str,
    clusters: Iterable[str] = (),
    glue: Iterable[Pair] = (),
    serverless: Iterable[Pair] = (),
) -> Usage:
    """The usage of clusters by id, Glue runs by job name and run id, serverless runs by application and run id.

    Raises botocore's errors: a cost that leaves something out would be wrong. EMR forgets clusters after two months.
    """

    def client(service: str) -> Any:
        return client_of(service, aws_conn_id, region_name)

    return Usage(
        clusters={each: _instances(client("emr"), each) for each in clusters},
        glue=[_glue_run(client("glue"), job, run) for job, run in glue],
        serverless=[_serverless_run(client("emr-serverless"), application, run) for application, run in serverless],
    )


def _instances(emr: Any, cluster_id: str) -> list[Instance]:
    pages = emr.get_paginator("list_instances").paginate(ClusterId=cluster_id)
    return [instance for page in pages for instance in page["Instances"]]


def _glue_run(glue: Any, job: str, run_id: str) -> JobRun:
    run: JobRun = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]
    return run


def _serverless_run(client: Any, application: str, run_id: str) -> ServerlessRun:
    run = client.get_job_run(applicationId=application, jobRunId=run_id)["jobRun"]
    found = client.get_application(applicationId=application)["application"]
    return ServerlessRun(run=run, architecture=found.get("architecture", "X86_64"))
