"""The outermost layer: every request is counted, timed and logged, and leaves with the headers that protect a browser."""

from __future__ import annotations

import secrets
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving.web.problem import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from serving.web.access_log import AccessLog
    from serving.web.metrics import Metrics

PROTECTION = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
NO_ROUTE = "none"
"""The route of a request that no endpoint has: paths themselves would be labels without end."""


@dataclass(frozen=True)
class Edge:
    """Pure ASGI middleware."""

    app: ASGIApp
    metrics: Metrics
    log: AccessLog | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, watching what is sent back; an unexpected error becomes a 500 whose id is in the log."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, sent = time.perf_counter(), _Sent(send)
        try:
            await self.app(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - the last place that can answer and log it
            await _failed(error, sent)
        finally:
            self._record(scope, sent, time.perf_counter() - started)

    def _record(self, scope: Scope, sent: _Sent, seconds: float) -> None:
        route = scope.get("penstock.route", NO_ROUTE)
        self.metrics.request(scope["method"], route, sent.status, seconds)
        if self.log is not None:
            self.log.request(scope, route, sent.status, sent.length, seconds)


class _Sent:
    """`send`, remembering what went through."""

    __slots__ = ("_send", "length", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.length = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *PROTECTION]
        else:
            self.length += len(message.get("body", b""))
        await self._send(message)


async def _failed(error: Exception, sent: _Sent) -> None:
    mark = secrets.token_hex(6)
    sys.stderr.write(f"Request failed, id {mark}\n{''.join(traceback.format_exception(error))}")
    if sent.status:
        return
    reply = Problem("failed", f"The service failed at this request. Its log says why, under {mark}").reply()
    await sent({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers)})
    await sent({"type": "http.response.body", "body": reply.body})
