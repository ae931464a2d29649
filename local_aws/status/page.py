"""The page and the logs behind it, for browsers: requests of AWS clients go past it."""

import importlib.resources
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

import jinja2

from local_aws import services
from local_aws.emr_serverless.responses import ServerlessResponse
from local_aws.faults.calls import Answer
from local_aws.faults.endpoint import as_json, respond
from local_aws.faults.registry import Faults
from local_aws.glue.responses import ExecutingGlueResponse
from local_aws.settings import HOST, Settings
from local_aws.status.rows import LOGS, Row, cluster_rows
from local_aws.status.runs import glue_rows, serverless_rows

LOG_PATH = "/_local_aws/logs/"
HEALTH_PATH = "/_local_aws/health"
LONGEST_LOG = 1_000_000
SAFE = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]


class StatusPage:
    """An application that answers browsers itself and passes everything else to the one behind it."""

    def __init__(self, application: Any, settings: Settings, faults: Faults) -> None:
        self._application = application
        self._settings = settings
        self._faults = faults
        source = importlib.resources.files("local_aws.status").joinpath("page.html").read_text()
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["quote"] = quote
        self._template = environment.from_string(source)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if self._from_browser(environ):
            return respond(self._answer(environ), start_response)
        passed: Iterable[bytes] = self._application(environ, start_response)
        return passed

    @staticmethod
    def _from_browser(environ: dict[str, Any]) -> bool:
        path = environ["PATH_INFO"]
        asks_for_page = path == "/" and "text/html" in environ.get("HTTP_ACCEPT", "")
        signed = "HTTP_AUTHORIZATION" in environ or "HTTP_X_AMZ_TARGET" in environ
        reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        return reads and not signed and (asks_for_page or path == HEALTH_PATH or path.startswith(LOG_PATH))

    def _answer(self, environ: dict[str, Any]) -> Answer:
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        if host not in {HOST, "localhost"}:  # a page of another site that had its name point here
            return refused(403, f"this page is served to {HOST} and localhost only")
        path = environ["PATH_INFO"]
        if path == HEALTH_PATH:
            return as_json(200, {"status": "ready"})
        if self._settings.in_network:  # it asks for no signature, and logs may hold what others must not read
            return refused(403, f"this page is not served at --host {self._settings.host}, but at {HOST} only")
        return self._log(unquote(path.removeprefix(LOG_PATH))) if path.startswith(LOG_PATH) else self._page()

    def _log(self, place: str) -> Answer:
        work = self._settings.work.resolve()
        file = (work / place).resolve()
        if not file.is_relative_to(work) or file.name not in LOGS:
            return refused(403, "only the logs of steps, bootstrap actions and job runs are shown")
        if not file.is_file():
            return refused(404, "there is no such log")
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - LONGEST_LOG))
            return 200, [("Content-Type", "text/plain; charset=utf-8"), *SAFE], log.read()

    def _page(self) -> Answer:
        work = self._settings.work
        sections = (
            ("EMR clusters", cluster_rows(services.all_clusters(), work)),
            ("EMR Serverless applications", serverless_rows(services.all_backends(ServerlessResponse), work)),
            ("Glue job runs", glue_rows(services.all_backends(ExecutingGlueResponse), work)),
        )
        text = self._template.render(
            sections=sections,
            tallies=tallies([row for _, rows in sections for row in rows]),
            settings=self._settings,
            faults=[fault.describe() for fault in self._faults.all()],
            log_path=LOG_PATH,
        )
        return 200, [("Content-Type", "text/html; charset=utf-8"), *SAFE], text.encode()


def tallies(rows: list[Row]) -> dict[str, int]:
    """Return how many of the rows and their parts are busy, have ended well, and have failed."""
    everything = [part for row in rows for part in (row, *row.parts)]
    names = {"idle": "pending", "busy": "running", "good": "fine", "bad": "failed"}
    return {name: sum(row.tone == tone for row in everything) for tone, name in names.items()}


def refused(status: int, message: str) -> Answer:
    """Return a refusal in plain text."""
    return status, [("Content-Type", "text/plain; charset=utf-8"), *SAFE], f"{message}\n".encode()
