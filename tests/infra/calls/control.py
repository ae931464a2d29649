"""Calls of the other services as IAM actions, by AWS's Service Authorization Reference.

An operation's action is `<service>:<operation>` unless a row here says otherwise; a call that hands a role to a service
also needs iam:PassRole: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html.

EMR: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html, and for the
tags of a new cluster https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags-add-new.html.
EMR Serverless: list_amazonemrserverless.html; Glue: list_awsglue.html; CloudWatch Logs: list_amazoncloudwatchlogs.html;
MLflow: list_amazonsagemakerwithmlflow.html, at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.infra.calls.names import APPLICATION, CLUSTER, DATABASE, GLUE, TRACKING, filled, tags
from tests.infra.simulator import ACCOUNT, Request

Row = dict[str, Any]
NOTEBOOKS = f"arn:aws:elasticmapreduce:us-east-1:{ACCOUNT}:notebook-execution/"
NO_RESOURCE = {
    *("ListClusters", "ListNotebookExecutions", "RunJobFlow", "ListApplications", "CreateApplication"),
    *("DescribeSubnets", "DescribeRouteTables", "DescribeSpotPriceHistory", "GetProducts"),
}
NOT_DECIDED = {("sts", "GetCallerIdentity")}
"""Calls that no policy can refuse: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html."""
PASSED_TO = {
    ("emr", "ServiceRole"): "elasticmapreduce",
    ("emr", "ExecutionRoleArn"): "elasticmapreduce",
    ("emr", "JobFlowRole"): "ec2",
    ("emr-serverless", "executionRoleArn"): "emr-serverless",
    ("glue", "Role"): "glue",
    ("glue", "JobUpdate.Role"): "glue",
}
MLFLOW = {
    "POST mlflow/experiments/create": "CreateExperiment",
    "GET mlflow/experiments/get-by-name": "GetExperimentByName",
    "POST mlflow/runs/create": "CreateRun",
    "POST mlflow/runs/update": "UpdateRun",
    "POST mlflow/runs/log-batch": "LogBatch",
    "POST mlflow/runs/search": "SearchRuns",
    "POST mlflow/registered-models/create": "CreateRegisteredModel",
    "GET mlflow/registered-models/get": "GetRegisteredModel",
    "GET mlflow/registered-models/search": "SearchRegisteredModels",
    "POST mlflow/registered-models/alias": "SetRegisteredModelAlias",
    "GET mlflow/registered-models/alias": "GetModelVersionByAlias",
    "POST mlflow/model-versions/create": "CreateModelVersion",
    "DELETE mlflow/model-versions/delete": "DeleteModelVersion",
    "GET mlflow/model-versions/get": "GetModelVersion",
    "GET mlflow/model-versions/search": "SearchModelVersions",
    "POST mlflow/model-versions/set-tag": "SetModelVersionTag",
}
"""MLflow's REST API: https://mlflow.org/docs/latest/api_reference/rest-api.html."""


def requests(row: Row) -> Iterator[Request]:
    """What one call needs; the tags that were recorded are those of its cluster or application, and of nothing else."""
    service, operation = row["service"], row["operation"]
    if (service, operation) in NOT_DECIDED:
        return
    prefix = {"emr": "elasticmapreduce"}.get(service, service)
    for resource in _RESOURCES[service](row):
        carried = resource.startswith((CLUSTER, APPLICATION)) and "/jobruns/" not in resource
        context = {name: value for name, value in tags(row).items() if carried or "ResourceTag" not in name}
        yield Request(action=f"{prefix}:{operation}", resource=resource, context=context)
    yield from _implied(row)
    for (of, parameter), to in PASSED_TO.items():
        if of == service and parameter in row["resources"]:
            passed = filled(row["resources"][parameter])
            yield Request(
                action="iam:PassRole", resource=passed, context={"iam:PassedToService": f"{to}.amazonaws.com"}
            )


def mlflow_requests(row: Row) -> Iterator[Request]:
    """What one request to SageMaker's MLflow needs."""
    yield Request(action=f"sagemaker-mlflow:{MLFLOW[row['operation']]}", resource=TRACKING)


def _implied(row: Row) -> Iterator[Request]:
    """Permissions that AWS asks for because of what a request brings along."""
    asked = {name: value for name, value in tags(row).items() if "ResourceTag" not in name}
    if row["operation"] == "RunJobFlow":
        yield Request(action="elasticmapreduce:AddTags", resource=f"{CLUSTER}new", context=asked)
        if "AutoTerminationPolicy.IdleTimeout" in row["resources"]:
            yield Request(action="elasticmapreduce:PutAutoTerminationPolicy", resource=f"{CLUSTER}new")
    if row["operation"] == "CreateApplication":
        yield Request(action="emr-serverless:TagResource", resource=f"{APPLICATION}new", context=asked)


def _emr(row: Row) -> list[str]:
    named = row["resources"]
    if row["operation"] in NO_RESOURCE:
        return ["*"]
    if "NotebookExecutionId" in named:
        return [f"{NOTEBOOKS}{filled(named['NotebookExecutionId'])}"]
    found = [value for key, value in named.items() if key.partition(".")[0] in _CLUSTERS]
    assert len(found) == 1, row
    editor = [f"arn:aws:elasticmapreduce:us-east-1:{ACCOUNT}:editor/e-1"] if "Notebook" in row["operation"] else []
    return [f"{CLUSTER}{filled(found[0])}", *editor]


def _serverless(row: Row) -> list[str]:
    application = f"{APPLICATION}{filled(row['resources'].get('applicationId', ''))}"
    if row["operation"] in NO_RESOURCE:
        return ["*"]
    return [f"{application}/jobruns/r1" if row["operation"] in {"GetJobRun", "CancelJobRun"} else application]


def _glue(row: Row) -> list[str]:
    named = row["resources"]
    job = named.get("JobName") or named.get("Name")
    if job and "Database" not in row["operation"]:
        return [f"{GLUE}job/{filled(job)}"]
    tables = [f"{GLUE}table/{DATABASE}/x"] if "Table" in row["operation"] else []
    return [f"{GLUE}catalog", f"{GLUE}database/{DATABASE}", *tables]


def _logs(row: Row) -> list[str]:
    named = row["resources"]
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{named['logGroupName']}"
    return [f"{group}:log-stream:{named.get('logStreamName', 'x')}"]


_CLUSTERS = {"ClusterId", "JobFlowId", "JobFlowIds", "ExecutionEngine", "ResourceId"}
_RESOURCES: dict[str, Callable[[Row], list[str]]] = {
    "emr": _emr,
    "emr-serverless": _serverless,
    "glue": _glue,
    "logs": _logs,
    "ec2": lambda _: ["*"],
    "pricing": lambda _: ["*"],
}
