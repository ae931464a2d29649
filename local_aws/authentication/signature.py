"""Recompute the signature of a request from what arrived, with botocore's own signer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.authentication.keys import Key
from local_aws.authentication.refusals import BAD_SIGNATURE, INCOMPLETE, MISMATCH, MISSING, OUT_OF_TIME, RefusedError

ALGORITHM = "AWS4-HMAC-SHA256"
PARTS = ("Credential", "Signature", "SignedHeaders")
TIME = "%Y%m%dT%H%M%SZ"
SKEW = timedelta(minutes=15)
CONTENT_HASH, UNSIGNED = "x-amz-content-sha256", "UNSIGNED-PAYLOAD"
MUST_BE_SIGNED = re.compile(r"host|x-amz-.*")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it arrived; the names of headers are in lower case."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the Authorization header of a request says."""

    key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


class Recomputation(SigV4Auth):  # type: ignore[misc]
    """botocore's signer, signing the headers that the client has signed and no others."""

    def __init__(self, key: Key, claim: Claim) -> None:
        super().__init__(Credentials(key.id, key.secret, key.token), claim.service, claim.region)
        self._names = claim.signed_headers

    def headers_to_sign(self, request: Any) -> HTTPMessage:
        """Return the signed headers."""
        chosen = HTTPMessage()
        for name in self._names:
            chosen[name] = request.headers.get(name, "")
        return chosen

    def sign(self, request: Any) -> str:
        """Return the signature; ``request.context`` has its time."""
        text = self.string_to_sign(request, self.canonical_request(request))
        return str(self.signature(text, request))


def read_claim(headers: Mapping[str, str]) -> Claim:
    """Parse the Authorization header; raise RefusedError if there is none or it is not one of Signature Version 4."""
    text = headers.get("authorization", "")
    if not text:
        raise RefusedError(MISSING, "Request is missing Authentication Token")
    algorithm, _, rest = text.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    scope = parts.get("Credential", "").split("/")
    if algorithm != ALGORITHM or not all(parts.get(name) for name in PARTS) or scope[4:] != ["aws4_request"]:
        raise RefusedError(
            INCOMPLETE, f"Authorization header must be {ALGORITHM} with {', '.join(PARTS)}: {text[:100]!r}"
        )
    return Claim(
        key_id=scope[0],
        date=scope[1],
        region=scope[2],
        service=scope[3],
        signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
        signature=parts["Signature"],
    )


def check_signature(request: Request, claim: Claim, key: Key) -> None:
    """Raise RefusedError unless the key's owner has signed this very request within the last 15 minutes."""
    unsigned = [name for name in request.headers if MUST_BE_SIGNED.fullmatch(name) and name not in claim.signed_headers]
    if unsigned:
        message = f"'{unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization."
        raise RefusedError(BAD_SIGNATURE, message)
    moment = _moment(request.headers)
    if moment.strftime("%Y%m%d") != claim.date:
        raise RefusedError(
            BAD_SIGNATURE, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date."
        )
    _check_time(moment)
    content_hash = request.headers.get(CONTENT_HASH, UNSIGNED)
    whole = content_hash == UNSIGNED or content_hash == hashlib.sha256(request.body).hexdigest()
    expected = Recomputation(key, claim).sign(_as_botocore(request, moment))
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()) or not whole:
        raise RefusedError(BAD_SIGNATURE, MISMATCH)


def _as_botocore(request: Request, moment: datetime) -> Any:
    address, _, query = request.address.partition("?")
    found = AWSRequest(
        method=request.method,
        url=f"http://{request.headers.get('host', '')}{urlsplit(address).path or '/'}",
        headers=dict(request.headers),
        data=request.body,
        params=parse_qsl(query, keep_blank_values=True) or None,
    )
    found.context["timestamp"] = moment.strftime(TIME)
    return found


def _moment(headers: Mapping[str, str]) -> datetime:
    try:
        if "x-amz-date" in headers:
            return datetime.strptime(headers["x-amz-date"], TIME).replace(tzinfo=UTC)
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        message = f"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header as {TIME}"
        raise RefusedError(INCOMPLETE, message) from None


def _check_time(moment: datetime) -> None:
    now = datetime.now(UTC)
    early, late = now - SKEW, now + SKEW
    if moment < early:
        shown = f"{moment:{TIME}} is now earlier than {early:{TIME}} ({now:{TIME}} - 15 min.)"
        raise RefusedError(OUT_OF_TIME, f"Signature expired: {shown}")
    if moment > late:
        shown = f"{moment:{TIME}} is still later than {late:{TIME}} ({now:{TIME}} + 15 min.)"
        raise RefusedError(OUT_OF_TIME, f"Signature not yet current: {shown}")
