"""The innermost layer: what the router says of a path or a method that there is not, as any other problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from serving.web.problem import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Unrouted:
    """Pure ASGI middleware."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; where no endpoint answers, say what there is."""
        scope.setdefault("app", self)  # a router within an application raises instead of answering plain text
        try:
            await self.app(scope, receive, send)
        except HTTPException as error:
            reply = _problem(scope, error).reply()
            await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers)})
            await send({"type": "http.response.body", "body": reply.body})


def _problem(scope: Scope, error: HTTPException) -> Problem:
    method, path = scope["method"], scope["path"]
    if error.headers and "Allow" in error.headers:
        allowed = ", ".join(sorted(error.headers["Allow"].split(", ")))
        headers = ((b"allow", allowed.encode()),)
        return Problem("wrong_method", f"{path} takes {allowed}, not {method}", headers=headers)
    return Problem("not_found", f"There is nothing at {path}; GET /openapi.json lists what there is")
