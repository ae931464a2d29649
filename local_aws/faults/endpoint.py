"""Faults of API calls, and the requests that order faults: both stand before the services."""

import json
import time
from collections.abc import Iterable
from http.client import responses
from typing import Any

from local_aws.faults.calls import Answer, error_answer, identify, protocol_of
from local_aws.faults.registry import Fault, FaultError, Faults

PATH = "/_local_aws/faults"
CALL_KINDS = ("throttle", "deny", "error", "delay")
SERVER_ERRORS = {500: ("InternalServerException", "Internal server error"), 502: ("BadGateway", "Bad gateway")}
UNAVAILABLE = ("ServiceUnavailableException", "Service is unable to handle request.")
ACTION_PREFIXES = {"emr": "elasticmapreduce"}


def respond(answer: Answer, start_response: Any) -> Iterable[bytes]:
    """Give an answer to the web server."""
    status, headers, body = answer
    start_response(f"{status} {responses.get(status, 'Error')}", [*headers, ("Content-Length", str(len(body)))])
    return [body]


def as_json(status: int, value: Any) -> Answer:
    """Return a JSON answer."""
    return status, [("Content-Type", "application/json")], json.dumps(value, indent=1).encode()


class FaultyApi:
    """An application that lets some of the calls of the one behind it fail."""

    def __init__(self, application: Any, faults: Faults) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if environ["PATH_INFO"].startswith(PATH):
            return respond(self._orders(environ), start_response)
        answer = self._sabotage(environ) if self._faults.any(*CALL_KINDS) else None
        if answer:
            return respond(answer, start_response)
        passed: Iterable[bytes] = self._application(environ, start_response)
        return passed

    def _sabotage(self, environ: dict[str, Any]) -> Answer | None:
        call = identify(environ)
        fault = call and self._faults.take(*CALL_KINDS, service=(call[0],), operation=(call[1],))
        if not call or not fault:
            return None
        if fault.kind == "delay":
            time.sleep(fault.seconds)
            return None
        return call_failure(fault, *call)

    def _orders(self, environ: dict[str, Any]) -> Answer:
        fault_id = environ["PATH_INFO"].removeprefix(PATH).strip("/") or None
        match environ["REQUEST_METHOD"]:
            case "GET":
                return as_json(200, {"Faults": [fault.describe() for fault in self._faults.all()]})
            case "POST":
                return self._add(environ)
            case "DELETE":
                gone = self._faults.clear(fault_id)
                missing = fault_id is not None and not gone
                return as_json(404, {"error": f"no fault {fault_id}"}) if missing else as_json(200, {"Cleared": gone})
            case other:
                return as_json(405, {"error": f"{other} is neither GET, POST nor DELETE"})

    def _add(self, environ: dict[str, Any]) -> Answer:
        try:
            order = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
            return as_json(200, self._faults.add(order).describe())
        except (FaultError, ValueError, AttributeError) as problem:
            return as_json(400, {"error": str(problem)})


def call_failure(fault: Fault, service: str, operation: str) -> Answer:
    """Return the error with which a call is answered."""
    protocol = protocol_of(service)
    if fault.kind == "throttle":
        return error_answer(protocol, 400, "ThrottlingException", "Rate exceeded")
    if fault.kind == "deny":
        action = f"{ACTION_PREFIXES.get(service, service)}:{operation}"
        message = (
            f"User: arn:aws:iam::123456789012:user/local-aws is not authorized to perform: {action} "
            f"because no identity-based policy allows the {action} action"
        )
        return error_answer(protocol, 400, "AccessDeniedException", message)
    return error_answer(protocol, fault.status, *SERVER_ERRORS.get(fault.status, UNAVAILABLE))
