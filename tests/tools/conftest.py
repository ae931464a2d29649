"""Unit tests of the tools: the network is closed, this machine is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

from tools.settings import Settings


@pytest.fixture(autouse=True)
def _only_this_machine() -> Iterator[None]:
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")
