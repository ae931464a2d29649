"""What `make serve` finds in a stack: the registry is asked over HTTP, as MLflow answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools.credentials import Credentials
from tools.errors import ToolError
from tools.serve import champion_bundle, serve, variables
from tools.settings import Settings

ASKED = "/api/2.0/mlflow/registered-models/alias?name=movie_recommender&alias=champion"
FOUND = {"model_version": {"version": "3", "source": "s3://penstock-local/models/movie_recommender/c0ffee"}}


@pytest.fixture
def registry() -> Iterator[HTTPServer]:
    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == ASKED and server.answers else 404)
            self.end_headers()
            self.wfile.write(json.dumps(FOUND).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Registry)
    server.answers = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(registry: HTTPServer, tmp_path: Path) -> Settings:
    return replace(Settings(), mlflow_port=registry.server_port, home=tmp_path)


@pytest.mark.enable_socket
def test_the_bundle_is_that_of_the_champion(settings: Settings, registry: HTTPServer) -> None:
    assert champion_bundle(settings) == "s3://penstock-local/bundles/movie_recommender/c0ffee"
    registry.answers = False  # type: ignore[attr-defined]
    with pytest.raises(ToolError, match=r"^movie_recommender has no champion yet. Train one: make demo$"):
        champion_bundle(settings)


@pytest.mark.enable_socket
def test_without_a_stack(settings: Settings, registry: HTTPServer) -> None:
    registry.server_close()
    with pytest.raises(ToolError, match=r"^The stack is not up: http://127.0.0.1:[0-9]+ does not answer. Start it: "):
        champion_bundle(settings)


def test_without_an_environment(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"does not exist\. Make the environment: make serve$"):
        serve(replace(Settings(), serving=tmp_path / "none"), Credentials())


def test_the_service_gets_the_stacks_s3_and_keeps_the_rest(tmp_path: Path) -> None:
    credentials = Credentials()
    found = variables(replace(Settings(), home=tmp_path), credentials, {"PATH": "/bin", "AWS_ACCESS_KEY_ID": "other"})
    assert found == {
        "PATH": "/bin",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:8082",
        "AWS_ACCESS_KEY_ID": credentials.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.aws_secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "PENSTOCK_SERVING_CACHE": str(tmp_path / "serving"),
    }
