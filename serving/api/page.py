"""The page: files that are read once, at the start; no path of a request ever reaches the file system."""

from __future__ import annotations

import hashlib
from pathlib import Path

from serving.web.endpoint import Access, Call, Endpoint
from serving.web.parameters import Parameters
from serving.web.problem import Problem, Reply

FOLDER = Path(__file__).parents[1] / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere, in no other site's frame."""
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),  # asked for again each time, and answered 304 if it is the same
)


class Asset(Parameters):
    """The name of a file."""

    name: str


def endpoints(folder: Path = FOLDER) -> list[Endpoint]:
    """The page and its assets; none if there is no page."""
    files = {path.name: _stored(path) for path in sorted(folder.glob("*")) if path.suffix in _TYPES}
    if "index.html" not in files:
        return []

    async def show(call: Call) -> Reply:
        return _unless_known(call, files["index.html"])

    async def asset(call: Call) -> Reply:
        found = files.get(call.parameters.name)
        if found is None:
            raise Problem("not_found", f"The page has no file {call.parameters.name!r}")
        return _unless_known(call, found)

    return [
        Endpoint(
            path="/", handler=show, access=Access.OPEN, response="text/html", documented=False, summary="The page"
        ),
        Endpoint(
            path="/assets/{name}",
            handler=asset,
            access=Access.OPEN,
            parameters=Asset,
            response="text/css",
            documented=False,
            summary="Its files",
        ),
    ]


def _stored(path: Path) -> Reply:
    body = path.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode()
    return Reply(body, headers=((b"content-type", _TYPES[path.suffix].encode()), (b"etag", tag), *_HEADERS))


def _unless_known(call: Call, reply: Reply) -> Reply:
    """304 without a body if the browser has the same."""
    tag = dict(reply.headers)[b"etag"]
    return Reply(b"", 304, reply.headers) if dict(call.scope["headers"]).get(b"if-none-match") == tag else reply
