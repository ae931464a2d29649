"""Condenses a record of calls to rows: who calls what on which kind of resource, and nothing of one run alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from penstock.layout import split_uri
from tools.stack.aws import (
    BUCKET,
    EMR_INSTANCE_PROFILE,
    EMR_SERVERLESS_ROLE,
    EMR_SERVICE_ROLE,
    GLUE_DATABASE,
    GLUE_ROLE,
)
from tools.stack.roles import AIRFLOW_ROLE, SERVING_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]
DEPLOYMENT_TAG = "penstock:deployment"
ROLES = {
    AIRFLOW_ROLE: "airflow",
    EMR_SERVICE_ROLE: "emr",
    EMR_INSTANCE_PROFILE: "node",
    EMR_SERVERLESS_ROLE: "serverless",
    GLUE_ROLE: "glue",
    SERVING_ROLE: "serving",
    "EMR_Notebooks_DefaultRole": "notebooks",
}
"""Names of the local stack's roles, and what infra/roles calls them."""
NOT_RESOURCES = re.compile(
    r"[Nn]ame|Instances\..*|.*Steps?(Id|Ids|s)(\..*)?|.*Command\.Name|StepIds.*|jobRunId|RunId|.*\.Name"
)
"""Names of new things, and parts of a resource that no policy of infra/roles tells apart."""
KEPT_NAMES = {("glue", "CreateJob"), ("glue", "UpdateJob"), ("glue", "CreateTable"), ("glue", "UpdateTable")}
IDS = {
    r"j-[0-9A-Z]{10,}": "{cluster}",
    r"ex-[0-9A-Z]{10,}": "{execution}",
    r"jr_[0-9a-f]{20,}": "{run}",
}
CALL = ("principal", "service", "operation", "resources", "request_tags", "resource_tags")
LEVELS = {"runs": 4, "code": 1, "packages": 1, "logs": 1, "housekeeping": 1}
"""How many folders of a key are kept; two of others, such as raw/<dataset>."""


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """The calls of workflows and of the service; those of the stack's owner are nobody's of both."""
    for line in lines:
        call = json.loads(line)
        if call["principal"] in ROLES:
            yield _row(call)


def _row(call: Mapping[str, Any]) -> Row:
    service, operation = call["service"], call["operation"]
    named = call.get("resources", {})
    kept = {
        name: _plain(name, value) for name, value in sorted(named.items()) if _is_resource(service, operation, name)
    }
    return {
        "principal": ROLES[call["principal"]],
        "service": service,
        "operation": operation,
        "resources": kept,
        "request_tags": _tags(call.get("request_tags", {})),
        "resource_tags": _tags({k: v for tags in call.get("resource_tags", {}).values() for k, v in tags.items()}),
    }


def _is_resource(service: str, operation: str, name: str) -> bool:
    if name in {"Name", "TableInput.Name"} and (service, operation) in KEPT_NAMES:
        return True
    return NOT_RESOURCES.fullmatch(name) is None


def _plain(name: str, value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return sorted({str(_plain("Key", each)) for each in value})
    if name in {"Key", "Target", "Prefix"}:
        return _folder(value)
    if name == "CopySource":
        bucket, key = split_uri(f"s3://{value}")
        return f"{_plain('Bucket', bucket)}/{_folder(key)}"
    if name == "applicationId":
        return "{application}"
    if name.startswith("AutoTerminationPolicy"):
        return "given"
    return _general(value)


def _general(value: str) -> str:
    """The value without what is the local stack's alone, or this run's."""
    last = value.rpartition("/")[2]
    if last in ROLES:
        return f"{{role:{ROLES[last]}}}"
    known = {BUCKET: "{bucket}", GLUE_DATABASE: "{database}"}
    if value in known:
        return known[value]
    for pattern, word in IDS.items():
        value = re.sub(pattern, word, value)
    return re.sub(r"^local-", "{deployment}-", value)


def _folder(key: str) -> str:
    """The folder of a key, as far as the layout of the bucket is fixed; `*` stands for the rest."""
    parts = key.split("/")
    levels = LEVELS.get(parts[0], 2)
    if parts[0] == "runs" and len(parts) > 2 and parts[2]:  # noqa: PLR2004 - runs/<dag>/<run>
        parts[2] = "{run}"
    if parts[0] in {"models", "bundles"} and len(parts) == 3 and not parts[2]:  # noqa: PLR2004 - the folder of a model
        return "/".join(parts)
    return "/".join(parts) if len(parts) <= levels else "/".join([*parts[:levels], "*"])


def _tags(tags: Mapping[str, str]) -> Row:
    """Every key, and of the values only the deployment's."""
    return {key: "{deployment}" if key == DEPLOYMENT_TAG and tags[key] == "local" else "*" for key in sorted(tags)}


def mlflow_rows(log: str) -> Iterator[Row]:
    """What Airflow asked the model registry, by the access log of MLflow's server: the local AWS does not see it."""
    for method, path in re.findall(r'"([A-Z]+) (/api/2\.0/mlflow[^ ?"]*)[^"]*" \d+', log):
        yield {
            "principal": "airflow",
            "service": "mlflow",
            "operation": f"{method} {path.removeprefix('/api/2.0/')}",
            "resources": {},
            "request_tags": {},
            "resource_tags": {},
        }


def merged(found: Iterable[Row]) -> list[Row]:
    """Each call once, sorted."""
    by_call = {call_of(row): row for row in found}
    return [by_call[key] for key in sorted(by_call)]


def call_of(row: Row) -> str:
    """The whole of a row, to sort and to compare by."""
    return json.dumps([row[name] for name in CALL])
