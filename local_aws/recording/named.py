"""What a request names: its identifiers and tags, as botocore's service models know its parameters."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

FORM = "application/x-www-form-urlencoded"
IDENTIFIER = re.compile(r"(.*\.)?(id|ids|name|names|role|\w*(Ids?|Names?|Arns?|Role|Database|Endpoint))(\.\d+)?")
"""Parameters that say which resource is meant: ClusterId, JobFlowIds.0, executionRoleArn, ExecutionEngine.Id."""
POLICIES = re.compile(r"(AutoTermination|ManagedScaling)Policy\..*")
"""Parts of RunJobFlow that are permissions of their own on AWS."""
NOT_IDENTIFIERS = re.compile(r"(.*\.)?(\w*[Pp]roperties|\w*[Aa]rguments|\w*Parameters|\w*Columns|[Tt]ags)(\..*|$)")
"""What users write for their own programs: not for the record, as it may be long or secret."""
LONGEST = 300


def parameters(service: str, operation: str, environ: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """Return the parameters of a request in its protocol: JSON, form, or path and query and JSON."""
    kind = environ.get("CONTENT_TYPE", "")
    found = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if kind.startswith(FORM):
        return found | dict(parse_qsl(body.decode()))
    pattern = _path(service, operation)
    matched = pattern.fullmatch(environ["PATH_INFO"]) if pattern else None
    return found | (matched.groupdict() if matched else {}) | _json(body)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@functools.cache
def _path(service: str, operation: str) -> re.Pattern[str] | None:
    """Return the path of a REST operation, with a group for each of its variables."""
    try:
        uri = get_service_model(service).operation_model(operation).http["requestUri"].partition("?")[0]
    except (UnknownServiceError, KeyError, ValueError):
        return None
    return re.compile(re.sub(r"\\{(\w+)(?:\\\+)?\\}", r"(?P<\1>[^/]+)", re.escape(uri)))


def identifiers(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what a request names, by the parameter's path."""
    return {
        path: value[:LONGEST]
        for path, value in _flat(given)
        if (IDENTIFIER.fullmatch(path) or POLICIES.fullmatch(path)) and not NOT_IDENTIFIERS.fullmatch(path)
    }


def _flat(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value with its path, `Instances.InstanceGroups.0.Name`."""
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else None
    if children is None:
        yield path, str(node)
        return
    for key, value in children:
        yield from _flat(value, f"{path}.{key}" if path else str(key))


def tags(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that a request gives, which services write as a list or as a map."""
    found = given.get("Tags") or given.get("tags") or {}
    if isinstance(found, list):
        pairs = (each for each in found if isinstance(each, Mapping))
        return {str(each.get("Key")): str(each.get("Value", "")) for each in pairs}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}
