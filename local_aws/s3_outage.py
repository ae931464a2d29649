"""S3 that is not available: a server in rclone's place that answers every request with 503."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BODY = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>ServiceUnavailable</Code>'
    b"<Message>Service is unable to handle request.</Message></Error>"
)


class Unavailable(BaseHTTPRequestHandler):
    """Answers any request with 503."""

    protocol_version = "HTTP/1.0"  # each connection ends with its answer: none may outlive the outage

    def answer(self) -> None:
        """Say that the service is not available."""
        self.send_response(503)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", "0" if self.command == "HEAD" else str(len(BODY)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(BODY)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815 - names that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


class Outage:
    """The server, from its making until ``end``."""

    def __init__(self, host: str, port: int) -> None:
        self._server = ThreadingHTTPServer((host, port), Unavailable)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="s3-outage").start()

    def end(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._server.server_close()
