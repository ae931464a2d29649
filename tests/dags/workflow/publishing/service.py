"""A small real-time service over HTTP with the reload API of the real one, that a test can make misbehave."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "s3cret"
Recommend = Callable[[int, int, str], dict[str, Any]]
"""User, n and version to the body of an answer."""


@dataclass
class Service:
    """What it serves and what it was asked; reloads take `looks` looks at them."""

    model: str = "movie_recommender"
    version: str = "v1"
    bundle_uri: str = "s3://bucket/bundles/movie_recommender/v1"
    recommend: Recommend = lambda user, n, version: {}
    key: str = KEY
    looks: int = 2
    broken: set[str] = field(default_factory=set)
    """Bundles that cannot be loaded."""
    failures: list[int] = field(default_factory=list)
    """Statuses of the next answers, whatever is asked."""
    url: str = ""
    reloads: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(path)
        self.asked.append(f"{method} {parts.path}")
        if self.failures:
            status = self.failures.pop(0)
            return status, {"error": {"code": "trouble", "message": f"trouble {status}"}}
        if method == "POST":
            return 202, self._reload(body["bundle_uri"])
        if parts.path == "/v1/models":
            entry = {"model": self.model, "version": self.version, "bundle_uri": self.bundle_uri}
            workers = [{"pid": pid, "version": self.version} for pid in (1, 2)]
            return 200, {"models": [entry], "workers": workers, "reload": (self.reloads or [None])[-1]}
        if parts.path.startswith("/v1/models/reloads/"):
            return self._status(parts.path.rpartition("/")[2])
        user = int(parts.path.split("/")[3])
        return 200, self.recommend(user, int(parse_qs(parts.query)["n"][0]), self.version)

    def _reload(self, bundle_uri: str) -> dict[str, Any]:
        asked = {
            "id": f"r{len(self.reloads)}",
            "status": "pending",
            "bundle_uri": bundle_uri,
            "error": None,
            "looks": 0,
        }
        self.reloads.append(asked)
        return asked

    def _status(self, reload_id: str) -> tuple[int, dict[str, Any]]:
        found = next((each for each in self.reloads if each["id"] == reload_id), None)
        if not found:
            return 404, {"error": {"code": "not_found", "message": "There is no such reload"}}
        found["looks"] += 1
        found["status"] = "loading"
        if found["bundle_uri"] in self.broken:
            found |= {"status": "failed", "error": "titles.npy has another checksum"}
        elif found["looks"] >= self.looks:
            found["status"] = "loaded"
            self.bundle_uri, self.version = found["bundle_uri"], found["bundle_uri"].rpartition("/")[2]
        return 200, found


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """The service on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, body: dict[str, Any]) -> None:
            status, answer = 401, {"error": {"code": "no_credentials", "message": "The key is not known"}}
            if not service.key or self.headers["Authorization"] == f"Bearer {service.key}":
                status, answer = service.answer(self.command, self.path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
