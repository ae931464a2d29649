"""Lets only signed requests through; what may be asked without a signature is answered before."""

import hmac
import io
from collections.abc import Iterable
from typing import Any

from local_aws.authentication.keys import Key, Keys
from local_aws.authentication.refusals import EXPIRED_TOKEN, INVALID_TOKEN, KEY_EXPIRED, UNKNOWN_KEY, RefusedError
from local_aws.authentication.signature import Claim, Request, check_signature, read_claim
from local_aws.faults.calls import client_name, error_answer, protocol_of
from local_aws.faults.endpoint import respond

FORM = "application/x-www-form-urlencoded"


class Gate:
    """An application that answers AWS's errors to requests without a valid signature and passes on the others."""

    def __init__(self, application: Any, keys: Keys) -> None:
        self._application = application
        self._keys = keys

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        request = _read(environ)
        claim = None
        try:
            claim = read_claim(request.headers)
            self._check(request, claim)
        except RefusedError as refused:
            protocol = _protocol(request, claim)
            return respond(error_answer(protocol, *refused.answer(protocol)), start_response)
        passed: Iterable[bytes] = self._application(environ, start_response)
        return passed

    def _check(self, request: Request, claim: Claim) -> None:
        key = self._keys.find(claim.key_id)
        if key is None or not _token_fits(key, request.headers.get("x-amz-security-token")):
            raise RefusedError(UNKNOWN_KEY, INVALID_TOKEN)
        check_signature(request, claim, key)
        if key.expired:
            raise RefusedError(KEY_EXPIRED, EXPIRED_TOKEN)


def _token_fits(key: Key, given: str | None) -> bool:
    return hmac.compare_digest((key.token or "").encode(), (given or "").encode())


def _protocol(request: Request, claim: Claim | None) -> str:
    """Return the protocol in which the client reads its answer; without a service, what the body looks like."""
    if request.headers.get("content-type", "").startswith(FORM) and (claim is None or claim.service != "ec2"):
        return "query"
    return protocol_of(client_name(claim.service)) if claim else "json"


def _read(environ: dict[str, Any]) -> Request:
    """Return the request of a WSGI environment, whose body stays readable."""
    size = environ.get("CONTENT_LENGTH")
    chunked = environ.get("wsgi.input_terminated", False)
    body = environ["wsgi.input"].read(*([] if chunked and not size else [int(size or 0)]))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    address = environ.get("REQUEST_URI") or environ["PATH_INFO"]
    return Request(method=environ["REQUEST_METHOD"], address=address, headers=headers, body=body)
