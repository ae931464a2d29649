import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tools.containers.health import ready
from tools.settings import Settings

REPORT = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}, "triggerer": None}


@pytest.fixture
def here(settings: Settings) -> Iterator[Settings]:
    """Airflow with a dead scheduler; everything else on the same port answers 404 but MLflow's health."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bodies = {"/api/v2/monitor/health": json.dumps(REPORT).encode(), "/health": b"OK"}
            self.send_response(200 if self.path in bodies else 404)
            self.end_headers()
            self.wfile.write(bodies.get(self.path, b""))

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        mlflow = Settings(home=settings.home, airflow_port=server.server_port)
        yield mlflow
        server.shutdown()
        thread.join()


def test_each_part_of_airflow_is_what_the_report_says_of_it(here: Settings) -> None:
    names = ("airflow-api-server", "airflow-scheduler", "airflow-triggerer", "airflow-dag-processor")
    assert [ready(name, here) for name in names] == [True, False, False, False]


def test_a_server_that_answers_is_ready_and_one_that_does_not_is_an_error(here: Settings) -> None:
    mlflow = replace(here, mlflow_port=here.airflow_port, airflow_port=here.mlflow_port)
    assert ready("mlflow", mlflow)
    with pytest.raises(OSError, match="404"):
        ready("local-aws", replace(mlflow, aws_port=mlflow.mlflow_port, mlflow_port=mlflow.aws_port))
    with pytest.raises(OSError, match="refused"):
        ready("mlflow", replace(here, mlflow_port=1))
