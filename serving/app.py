"""The service put together: settings, gate, worker, endpoints, and the ASGI application over them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, Router

from serving.api import catalogue, classic, models, page, recommendations, status
from serving.fleet.worker import Worker
from serving.security.gate import Gate
from serving.served import load
from serving.settings import Auth, Settings
from serving.web.access_log import AccessLog
from serving.web.edge import Edge
from serving.web.endpoint import Endpoint, EndpointApp, Limits
from serving.web.metrics import Metrics
from serving.web.openapi import document
from serving.web.unrouted import Unrouted

_CORS_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process of the service."""

    settings: Settings
    worker: Worker
    metrics: Metrics

    @classmethod
    def start(cls, settings: Settings) -> Service:
        """Join the other workers; the bundle is loaded once `worker.watch` runs."""
        metrics = Metrics()
        worker = Worker(
            folder=fleet_folder(settings),
            first=settings.bundle,
            load=partial(load, cache=settings.cache, roots=settings.roots),
            metrics=metrics,
            deadline=settings.reload_seconds,
        )
        return cls(settings=settings, worker=worker, metrics=metrics)

    def endpoints(self) -> list[Endpoint]:
        """All endpoints, the busiest first: a route is found by trying one after the other."""
        worker, roots = self.worker, self.settings.roots
        secured = self.settings.auth != Auth.NONE
        return [
            *recommendations.endpoints(worker.shelf),
            *catalogue.endpoints(worker.shelf),
            *models.endpoints(worker, roots),
            *classic.endpoints(worker, worker.shelf, roots),
            *status.endpoints(worker.shelf, self.metrics, lambda: orjson.dumps(self.document(secured=secured))),
            *page.endpoints(),
        ]

    def document(self, *, secured: bool) -> dict[str, Any]:
        """The OpenAPI document, with or without what concerns keys and tokens."""
        return document(self.endpoints(), secured=secured)


def fleet_folder(settings: Settings) -> Path:
    """Where the workers of one service agree: a process that was started alone has a folder of its own."""
    return settings.fleet or settings.cache / "fleets" / f"alone-{os.getpid()}"


def application(service: Service) -> Router:
    """The ASGI application of a service: Starlette's router, without the layers that Starlette puts around it."""
    settings = service.settings
    gate = Gate(settings, fleet_folder(settings) / "rates")
    limits = Limits(body_bytes=settings.max_body_bytes, seconds=settings.request_seconds)
    routes = [Route(each.path, EndpointApp(each, gate, limits), methods=[each.method]) for each in service.endpoints()]
    log = AccessLog() if settings.access_log else None
    middleware = [Middleware(Edge, metrics=service.metrics, log=log)]
    if settings.cors_origins:
        middleware.append(_cors(settings))
    middleware.append(Middleware(Unrouted))

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        watching = asyncio.create_task(service.worker.watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            if log:
                log.flush()

    return Router(routes, redirect_slashes=False, lifespan=lifespan, middleware=middleware)


def create() -> Router:
    """The application by the environment's settings; what a server is told: `uvicorn --factory serving.app:create`."""
    return application(Service.start(Settings.from_environment()))


def _cors(settings: Settings) -> Middleware:
    """Pages of these origins may call, without cookies: there are none."""
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-Api-Key"],
        expose_headers=["Retry-After"],
        max_age=_CORS_SECONDS,
    )
