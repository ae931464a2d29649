"""Heads that do not end: over a socket, since no HTTP client would send them."""

import socket
import time
from contextlib import closing

import pytest

from serving.web import protocol
from tests.serving.servers import running, settings_for

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def port(tmp_path, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(protocol, "HEAD_BYTES", 2_000)
    with running(settings_for(tmp_path)) as (client, _):
        yield client.base_url.port


def sent(port, *parts, pause=0.0):
    """What is answered until the service closes the connection, and after how many seconds it does."""
    began = time.monotonic()
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        answer = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            while piece := connection.recv(65_536):
                answer += piece
                if answer.endswith(b"}"):
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer, time.monotonic() - began


@pytest.mark.parametrize("parts", [(), (REQUEST,), (b"G",)])
def test_a_head_that_does_not_end_is_not_waited_for(port, parts):
    answer, seconds = sent(port, *parts)
    assert answer == b""
    assert 0.9 < seconds < 4


def test_a_head_that_comes_drop_by_drop_has_no_more_time_than_another(port):
    answer, seconds = sent(port, *(bytes([each]) for each in REQUEST), pause=0.1)
    assert answer == b""
    assert seconds < 4


def test_a_head_in_pieces_is_served_if_it_ends_in_time(port):
    answer, _ = sent(port, REQUEST[:10], REQUEST[10:] + b"\r\n", pause=0.1)
    assert answer.startswith(b"HTTP/1.1 200 OK")


def test_a_head_that_is_too_long_ends_the_connection(port, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 60)
    answer, _ = sent(port, REQUEST, *(b"X-Long: " + b"x" * 500 + b"\r\n" for _ in range(8)), pause=0.02)
    assert answer == b""


def test_a_connection_that_has_been_answered_is_kept(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        for _ in range(2):
            connection.sendall(REQUEST + b"\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
            time.sleep(1.2)
