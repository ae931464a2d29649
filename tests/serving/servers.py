"""The service as it runs, in a thread of the test."""

import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from serving.app import Service, application
from serving.settings import Settings
from serving.web.protocol import PatientProtocol
from tests.serving.bundles import write_small

VERSION = "0123abcd"
REPOSITORY = Path(__file__).resolve().parents[2]


def settings_for(folder, **changes):
    """The small bundle in `folder`/bundles/0123abcd, everything else below the folder too, and no limit."""
    bundles = folder / "bundles"
    if not (bundles / VERSION).exists():
        write_small(bundles / VERSION)
    own = {"bundle": str(bundles / VERSION), "cache": folder / "cache", "fleet": folder / "fleet", "access_log": False}
    return Settings(**{**own, "rate_limit": 0.0, **changes})


@contextmanager
def running(settings, *, ready=True):
    """An HTTP client of a service with these settings, and the service."""
    service = Service.start(settings)
    config = uvicorn.Config(
        application(service),
        host="127.0.0.1",
        port=0,
        http=PatientProtocol,
        ws="none",
        log_level="error",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            if ready:
                until(lambda: client.get("/readyz").status_code == 200)
            yield client, service
    finally:
        server.should_exit = True
        thread.join()


def until(happened, seconds=20):
    """Wait; fails with what was last found."""
    deadline = time.monotonic() + seconds
    found = happened()
    while not found:
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.02)
        found = happened()
    return found


def error_of(response):
    """Status, code and sentence of an error."""
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]
