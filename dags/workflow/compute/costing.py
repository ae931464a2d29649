"""The tasks around a run's compute that know what it costs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from penstock.errors import PenstockError
from workflow.cost.actual import Usage, actual
from workflow.cost.estimate import check_budget, estimate
from workflow.cost.lookup import find_prices, is_simulated
from workflow.cost.metered import ServerlessRun
from workflow.cost.request import items
from workflow.cost.table import cost_table, headline
from workflow.network import refuse_public
from workflow.operators.glue import KEY
from workflow.operators.key import task_digest
from workflow.outcome import refuse_hidden_failure
from workflow.ownership import Owner
from workflow.storage import write_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import Context

    from penstock.cost import Cost

log = logging.getLogger(__name__)
Aws = dict[str, Any]
Limits = dict[str, Any]


@task
def plan_cluster(request: dict[str, Any], *, hours: float, limits: Limits, document_uri: str, aws: Aws) -> float:
    """What the cluster may cost in US dollars for so many hours: written down, and held against the limits.

    `limits` are `budget_usd`, None for none, and whether `public_subnets` are allowed.
    """
    prices = find_prices(items(request), **aws)
    estimated = estimate(request, prices, hours=hours, simulated=is_simulated(**aws))
    write_document(estimated, document_uri, aws)
    log.info("%s", cost_table(estimated))
    try:
        check_budget(estimated, limits["budget_usd"])
        if not limits["public_subnets"]:
            refuse_public(_client("ec2", aws), _subnets(request))
    except PenstockError as error:  # asking again would get the same answer
        raise AirflowFailException(str(error)) from error
    return estimated.usd


@task
def measure_cost(deployment: str, document_uri: str, glue_jobs: dict[str, str], aws: Aws) -> float:
    """What the run has cost in US dollars; fails if a cluster of it is left, or if the run is no success."""
    context, emr = get_current_context(), _client("emr", aws)
    clusters = {each["Id"]: _instances(emr, each["Id"]) for each in _clusters(emr, context, deployment)}
    usage = Usage(clusters=clusters, glue=_glue_runs(context, deployment, glue_jobs, aws))
    measured = _measured(usage, document_uri, aws)
    if not measured.final:
        raise PenstockError(
            f"{', '.join(clusters)}: not every instance has ended, so {headline(measured)} so far, and more to come. "
            "terminate_cluster could not end it; the housekeeping DAG will try again."
        )
    refuse_hidden_failure(context)
    return measured.usd


@task(task_id="measure_cost")
def measure_job_runs(
    application_id: str, deployment: str, document_uri: str, glue_jobs: dict[str, str], aws: Aws
) -> float:
    """What the job runs have cost in US dollars, by what EMR Serverless has billed."""
    context, client = get_current_context(), _client("emr-serverless", aws)
    architecture = client.get_application(applicationId=application_id)["application"].get("architecture", "X86_64")
    began = context["dag_run"].start_date
    pages = client.get_paginator("list_job_runs").paginate(applicationId=application_id, createdAtAfter=began)
    ids = [each["id"] for page in pages for each in page["jobRuns"]]
    runs = [client.get_job_run(applicationId=application_id, jobRunId=each)["jobRun"] for each in ids]
    usage = Usage(
        serverless=[ServerlessRun(run=each, architecture=architecture) for each in runs],
        glue=_glue_runs(context, deployment, glue_jobs, aws),
    )
    return _measured(usage, document_uri, aws).usd


def _measured(usage: Usage, document_uri: str, aws: Aws) -> Cost:
    prices = find_prices(usage.items, **aws)
    measured = actual(usage, prices, now=datetime.now(UTC), simulated=is_simulated(**aws))
    write_document(measured, document_uri, aws)
    log.info("%s", cost_table(measured))
    return measured


def _clusters(emr: Any, context: Context, deployment: str) -> Iterator[Mapping[str, Any]]:
    """Every cluster that the run has had, ended or not, oldest first."""
    run = context["dag_run"]
    name = Owner(deployment=deployment, dag=run.dag_id, run=run.run_id).cluster_name
    pages = emr.get_paginator("list_clusters").paginate(CreatedAfter=run.start_date)
    found = [each for page in pages for each in page["Clusters"] if each["Name"] == name]
    return iter(sorted(found, key=lambda each: each["Status"]["Timeline"]["CreationDateTime"]))


def _instances(emr: Any, cluster_id: str) -> list[dict[str, Any]]:
    pages = emr.get_paginator("list_instances").paginate(ClusterId=cluster_id)
    return [each for page in pages for each in page["Instances"]]


def _glue_runs(context: Context, deployment: str, jobs: Mapping[str, str], aws: Aws) -> list[dict[str, Any]]:
    """Job runs of this run's tasks; `jobs` is task id to Glue job."""
    glue, run, found = _client("glue", aws), context["dag_run"], []
    for task_id, job in jobs.items():
        digest = task_digest(deployment, run.dag_id, run.run_id, task_id)
        pages = glue.get_paginator("get_job_runs").paginate(JobName=job)
        found += [
            each
            for page in pages
            for each in page["JobRuns"]
            if each.get("Arguments", {}).get(KEY, "").startswith(f"{digest}.")
        ]
    return found


def _subnets(request: Mapping[str, Any]) -> Sequence[str]:
    instances = request["Instances"]
    return [*instances.get("Ec2SubnetIds", []), *filter(None, [instances.get("Ec2SubnetId")])]


def _client(service: str, aws: Aws) -> Any:
    return AwsGenericHook(client_type=service, **aws).conn
