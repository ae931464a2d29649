"""Writes down the calls of every service but S3, whatever they are answered."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_aws.faults.calls import SCOPE, identify
from local_aws.recording.named import identifiers, parameters, tags
from local_aws.recording.record import Record

TagsOf = Callable[[str], dict[str, str]]
"""The tags that a resource with this id has; none if it is of another kind or has none."""


class RecordedApi:
    """An application that passes every request on, and records those that call a service."""

    def __init__(self, application: Any, record: Record, tags_of: TagsOf) -> None:
        self._application = application
        self._record = record
        self._tags_of = tags_of

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        call = identify(environ) if SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) else None
        if call is None:
            passed: Iterable[bytes] = self._application(environ, start_response)
            return passed
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        asked = self._asked(*call, environ, body)
        statuses: list[str] = []

        def begin(status: str, headers: Any, *more: Any) -> Any:
            statuses.append(status)
            return start_response(status, headers, *more)

        answer = list(self._application(environ, begin))
        self._record.write(**asked, status=int(statuses[-1].split()[0]))
        return answer

    def _asked(self, service: str, operation: str, environ: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        """Return what is known before the answer; resources have the tags that a policy would look at."""
        given = parameters(service, operation, environ, body)
        named = identifiers(given)
        carried = {value: found for value in named.values() if (found := self._tags_of(value))}
        return {
            "principal": self._record.principal(key_of(environ.get("HTTP_AUTHORIZATION", ""))),
            "service": service,
            "operation": operation,
            "resources": named,
            "request_tags": tags(given),
            "resource_tags": carried,
        }


def key_of(authorization: str) -> str:
    """Return the access key that an Authorization header names; nothing if there is none."""
    return authorization.partition("Credential=")[2].partition("/")[0]
