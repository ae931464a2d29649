import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tools.bundle import Bundle
from tools.datasets.dataset import Dataset, Source
from tools.errors import ToolError
from tools.settings import Settings
from tools.stack import aws
from tools.stack.lifecycle import Stack


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A server that denies everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(403)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_down_leaves_the_state_of_a_local_aws_that_runs_alone(settings: Settings) -> None:
    settings.home.mkdir()
    settings.aws_state_file.write_text("{}")
    assert Stack(settings).down() == []
    assert settings.aws_state_file.exists()


def test_what_the_local_aws_refuses_is_one_error_with_the_remedy(settings: Settings, refusing_port: int) -> None:
    stack = Stack(replace(settings, s3_port=refusing_port))
    deployment = aws.deployment(stack.settings, code_sha="abc")
    dataset = Dataset(name="none", source=Source.FOLDER, folder=settings.home, files=(), detail="none")
    with pytest.raises(ToolError) as raised:
        stack._provision(Bundle(files={}), deployment, dataset)
    words = str(raised.value)
    assert words.startswith("The local AWS did not take code and data: An error occurred (403)")
    assert words.endswith(f"Is the disk full? If not, see {settings.logs}/local-aws.log, then: make down up")
