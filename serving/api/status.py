"""What machines ask: is it alive, is it ready, how busy is it; and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from serving.api import answers
from serving.web.endpoint import Access, Call, Endpoint
from serving.web.metrics import CONTENT_TYPE, Metrics
from serving.web.problem import NO_STORE, Reply, json_reply

if TYPE_CHECKING:
    from serving.api.recommendations import Shelf


def endpoints(shelf: Shelf, metrics: Metrics, document: Callable[[], bytes]) -> list[Endpoint]:
    """The endpoints; `document` is the OpenAPI document."""

    async def alive(_call: Call) -> Reply:
        return json_reply({"status": "ok"})

    async def ready(_call: Call) -> Reply:
        return json_reply({"status": "ok", "version": shelf().version})

    async def numbers(_call: Call) -> Reply:
        return Reply(metrics.text(), headers=((b"content-type", CONTENT_TYPE.encode()), NO_STORE))

    async def openapi(_call: Call) -> Reply:
        return Reply(document())

    return [
        Endpoint(
            path="/healthz",
            handler=alive,
            tag="status",
            access=Access.OPEN,
            response=answers.Health,
            summary="Whether the process answers",
        ),
        Endpoint(
            path="/readyz",
            handler=ready,
            tag="status",
            access=Access.OPEN,
            response=answers.Readiness,
            summary="Whether a bundle is loaded",
            problems=("not_loaded",),
        ),
        Endpoint(
            path="/metrics",
            handler=numbers,
            tag="status",
            response="text/plain",
            summary="Numbers for Prometheus, of all workers",
        ),
        Endpoint(
            path="/openapi.json",
            handler=openapi,
            tag="status",
            access=Access.OPEN,
            response="application/json",
            summary="This document",
        ),
    ]
