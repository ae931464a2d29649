"""What stands before rclone while calls are recorded: each request is passed on as it came, and written down."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local_aws.recording.calls import key_of
from local_aws.recording.objects import deleted_keys, operation
from local_aws.recording.record import Record

PIECE = 1 << 18
OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "expect", "te", "upgrade"})
"""Headers that concern one connection (RFC 9110, 7.6.1): this server and rclone each have their own."""


class UnixConnection(http.client.HTTPConnection):
    """A connection to a server that listens on a socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=300)
        self._path = path

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(self._path))


class PassOn(BaseHTTPRequestHandler):
    """Passes requests on with all their headers, so that rclone checks the client's own signature."""

    protocol_version = "HTTP/1.1"
    behind: Path
    record: Record

    def pass_on(self) -> None:
        """Answer what rclone answers, and write the call down."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        with contextlib.closing(UnixConnection(self.behind)) as connection:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in OF_THE_CONNECTION:
                    connection.putheader(name, value)
            if "content-length" not in headers and "transfer-encoding" in headers:
                connection.putheader("Transfer-Encoding", "chunked")
            name, named = operation(self.command, self.path, headers)
            body = self._body(headers)
            if name == "DeleteObjects" and body:
                body = [b"".join(body)]
                named["Keys"] = deleted_keys(body[0])
            connection.endheaders(body, encode_chunked="content-length" not in headers)
            answer = connection.getresponse()
            principal = self.record.principal(key_of(headers.get("authorization", "")))
            self.record.write(principal=principal, service="s3", operation=name, resources=named, status=answer.status)
            self._answer(answer)

    def _body(self, headers: dict[str, str]) -> Iterable[bytes] | None:
        if "content-length" in headers:
            return self._sized(int(headers["content-length"])) if headers["content-length"] != "0" else None
        return self._chunks() if "chunked" in headers.get("transfer-encoding", "") else None

    def _sized(self, left: int) -> Iterator[bytes]:
        while left and (piece := self.rfile.read(min(left, PIECE))):
            left -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            continue

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        whole = answer.getheader("Content-Length") is not None or self.command == "HEAD"
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_THE_CONNECTION:
                self.send_header(name, value)
        if not whole and answer.status not in {204, 304}:
            self.send_header("Connection", "close")  # its end is the body's
            self.close_connection = True
        self.end_headers()
        while piece := answer.read(PIECE):
            self.wfile.write(piece)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815 - names that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


class Front(ThreadingHTTPServer):
    """The server, from its making until ``end``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, *, behind: Path, record: Record) -> None:
        handler = type("PassOnTo", (PassOn,), {"behind": behind, "record": record})
        super().__init__((host, port), handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="s3-record").start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or an rclone that did: the connection ends, which tells the other."""

    def end(self) -> None:
        """Free the port."""
        self.shutdown()
        self.server_close()
