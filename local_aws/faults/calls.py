"""Which operation of which service an HTTP request calls, and how that service says that it failed."""

import functools
import io
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

SCOPE = re.compile(r"Credential=[^/]*/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
CLIENT_NAMES = {"elasticmapreduce": "emr", "monitoring": "cloudwatch", "states": "stepfunctions", "email": "ses"}
FORM = "application/x-www-form-urlencoded"
EC2, XML = "ec2", frozenset({"query", "rest-xml"})
Answer = tuple[int, list[tuple[str, str]], bytes]


def identify(environ: dict[str, Any]) -> tuple[str, str] | None:
    """Return the service (boto3's name) and the operation of a signed request; the request stays readable."""
    signed = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed is None:
        return None
    service = client_name(signed["service"])
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    operation = target.rpartition(".")[2] or _form_action(environ) or _rest_operation(service, environ)
    return (service, operation) if operation else None


def _form_action(environ: dict[str, Any]) -> str | None:
    if not environ.get("CONTENT_TYPE", "").startswith(FORM):
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return next(iter(parse_qs(body.decode()).get("Action", [])), None)


def _rest_operation(service: str, environ: Mapping[str, Any]) -> str | None:
    for method, path, name in _routes(service):
        if method == environ["REQUEST_METHOD"] and path.fullmatch(environ["PATH_INFO"]):
            return name
    return None


@functools.cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """Return method, path and name of a REST service's operations, those with the fewest variables first."""
    try:
        model = get_service_model(service)
    except UnknownServiceError:
        return []
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http.get("requestUri", "/").partition("?")[0]
        pattern = re.sub(r"\\{[^}]*\\\+\\}", ".+", re.escape(path))
        found.append((http.get("method", "POST"), re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", pattern)), name))
    return sorted(found, key=lambda route: route[1].pattern.count("[^/]+"))


def client_name(signing_name: str) -> str:
    """Return boto3's name of a service that is named in a signature."""
    return CLIENT_NAMES.get(signing_name, signing_name)


def protocol_of(service: str) -> str:
    """Return the protocol of a service, by botocore's model of it; JSON if there is no such service."""
    try:
        return str(get_service_model(service).metadata.get("protocol", "json"))
    except UnknownServiceError:
        return "json"


def error_answer(protocol: str, status: int, code: str, message: str) -> Answer:
    """Return an error as a protocol writes it."""
    if protocol in XML or protocol == EC2:
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        whole = (
            f"<Response><Errors>{error}</Errors></Response>"
            if protocol == EC2
            else f"<ErrorResponse>{error}</ErrorResponse>"
        )
        return status, [("Content-Type", "text/xml")], whole.encode()
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return status, [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)], body
