"""What Prometheus reads: requests, their duration, the bundle that is served, reloads; summed over the workers."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from serving.settings import METRICS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10)
"""Seconds; the goal is a 99th percentile of 3 ms."""


class Metrics:
    """The numbers of one worker, or with METRICS set of all."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "penstock_serving_requests", "Requests", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "penstock_serving_request_seconds",
            "From the first byte of a request to the last of its answer",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._bundle = Gauge(
            "penstock_serving_bundle_info",
            "Workers that serve this version of the model",
            ("model", "version"),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._reloads = Counter(
            "penstock_serving_reloads", "Reloads of a worker, by how they ended", ("status",), registry=self._registry
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._served: tuple[str, str] | None = None

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request that was answered."""
        key = (method, route, status)
        found = self._known.get(key)
        if found is None:
            shown = method if method in ("GET", "POST", "HEAD", "OPTIONS") else "other"
            found = self._requests.labels(shown, route, str(status)), self._seconds.labels(route)
            if shown == method:
                self._known[key] = found
        found[0].inc()
        found[1].observe(seconds)

    def serves(self, model: str, version: str) -> None:
        """This worker serves another version from now on."""
        if self._served:
            self._bundle.labels(*self._served).set(0)
        self._served = (model, version)
        self._bundle.labels(model, version).set(1)

    def reloaded(self, status: str) -> None:
        """A reload ended: loaded or failed."""
        self._reloads.labels(status).inc()

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        if METRICS not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def forget_worker(pid: int) -> None:
    """A worker ended: what it served is not served any more; what it counted stays."""
    if METRICS in os.environ and Path(os.environ[METRICS]).is_dir():
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
