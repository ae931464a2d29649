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

ERRORS = [{"filename": f"/dags/{name}.py", "stack_trace": f"broken {name}"} for name in ("a", "b")]
ANSWERS: dict[str, tuple[int, object]] = {
    "here": (200, {"dag_run_id": "here"}),
    "absent": (404, {"detail": "no such run"}),
    "hidden": (403, {}),
    "importErrors": (200, {"import_errors": ERRORS}),
    "with_params/details": (200, {"params": {"gate_mode": {"value": "enabled"}, "resamples": {"value": 200}}}),
    "without/details": (200, {"params": None}),
}


@pytest.fixture
def port() -> Iterator[int]:
    """Answers as Airflow does, by the end of the path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            end = next(each for each in ANSWERS if self.path.endswith(f"/{each}"))
            self.answer(*ANSWERS[end])

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


def test_the_import_error_of_one_dag_is_that_of_its_file(settings: Settings, port: int) -> None:
    api = AirflowApi(replace(settings, airflow_port=port), Credentials())
    assert api.import_errors("b") == ["/dags/b.py:\nbroken b"]
    assert api.import_errors("c") == []
    assert len(api.import_errors()) == 2
    api.close()


def test_the_parameters_of_a_dag_are_known_by_name(settings: Settings, port: int) -> None:
    api = AirflowApi(replace(settings, airflow_port=port), Credentials())
    assert api.params("with_params") == ["gate_mode", "resamples"]
    assert api.params("without") == []
    api.close()
