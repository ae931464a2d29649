import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tools.airflow_api import AirflowApi
from tools.credentials import Credentials
from tools.errors import ToolError
from tools.settings import Settings

ANSWERS = {"here": (200, {"dag_run_id": "here"}), "absent": (404, {"detail": "no such run"}), "hidden": (403, {})}


@pytest.fixture
def port() -> Iterator[int]:
    """Answers as Airflow does, by the last part of the path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(*ANSWERS[self.path.rpartition("/")[2]])

        def do_POST(self) -> None:
            self.answer(201, {"access_token": "token"})

        def answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_run_is_asked_for_by_its_id_and_only_not_found_means_absent(settings: Settings, port: int) -> None:
    api = AirflowApi(replace(settings, airflow_port=port), Credentials())
    assert api.has_run("dag", "here")
    assert not api.has_run("dag", "absent")
    with pytest.raises(ToolError, match=r"Airflow refused GET http://127\.0\.0\.1:\d+/.*/hidden: HTTP 403"):
        api.has_run("dag", "hidden")
    api.close()
