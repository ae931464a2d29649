"""What goes wrong in a request, as the caller sees it: {"error": {"code", "message", "nearest"?}}."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from penstock.errors import PenstockError

JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")
"""Answers are about persons: no proxy and no browser keeps them."""
NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""An answer is never shown as a page, so it may load nothing."""


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its code, its HTTP status and when it happens."""

    code: str
    status: int
    description: str


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("not_json", 400, "The body is not JSON."),
        Kind("no_credentials", 401, "No key or token was sent, or it is not accepted."),
        Kind("not_allowed", 403, "The caller has no right to this, or the place may not be opened."),
        Kind("not_found", 404, "There is no such page, user, item, genre or reload."),
        Kind("wrong_method", 405, "The page exists, for other methods."),
        Kind("timeout", 408, "The request took longer than the service allows."),
        Kind("busy", 409, "Another reload is under way."),
        Kind("too_large", 413, "The body is longer than the service allows."),
        Kind("wrong_type", 415, "The body is not declared to be application/json."),
        Kind("wrong_host", 421, "The service answers at its loopback address only, under the names of this machine."),
        Kind("invalid", 422, "A parameter or a field of the body is not as it should be."),
        Kind("too_many", 429, "The caller sends more requests than their share; Retry-After says when to go on."),
        Kind("failed", 500, "The service itself failed; its log says why, under the id in the message."),
        Kind("not_loaded", 503, "No bundle is loaded yet, or the issuer's keys cannot be read."),
    )
}


@dataclass(frozen=True)
class Reply:
    """An answer, ready to be sent."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = (JSON, NO_STORE, NO_PAGE)


def json_reply(data: Any, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """Anything that orjson writes."""
    return Reply(orjson.dumps(data), status, (JSON, NO_STORE, NO_PAGE, *headers))


@dataclass
class Problem(PenstockError):  # noqa: N818 - the word of RFC 9457 for what an API answers
    """Raised anywhere in a request; becomes the answer."""

    code: str
    message: str
    nearest: tuple[str, ...] | None = None
    """The names that the caller may have meant."""
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    @property
    def status(self) -> int:
        """The HTTP status of its kind."""
        return KINDS[self.code].status

    def reply(self) -> Reply:
        """The answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.nearest is not None:
            error["nearest"] = self.nearest
        return json_reply({"error": error}, self.status, self.headers)


def retry_after(seconds: float) -> tuple[tuple[bytes, bytes], ...]:
    """The header that says when to try again, in whole seconds and at least one."""
    return ((b"retry-after", str(max(1, round(seconds + 0.5))).encode()),)
