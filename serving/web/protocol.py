"""Uvicorn's HTTP protocol with an end to the patience: a head that comes slowly, or never ends, holds no connection.

Uvicorn times out connections that are idle between requests only. Bodies are the endpoints' business.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From a connection's beginning, or from a request's first byte, to the end of its head."""
HEAD_BYTES = 64 * 1024
"""Of a request line and headers; a token of an identity provider has a few thousand."""


class PatientProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due: asyncio.TimerHandle | None = None
        self._head = False
        self._read = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is waited for, but not for ever."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Whatever came; what does not end the head is counted, and waited upon."""
        super().data_received(data)
        if not self._head:
            return
        self._read += len(data)
        if self._read > HEAD_BYTES:
            self.transport.close()
        elif self._due is None:
            self._wait()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._head, self._read = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head = False
        self._rest()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._due = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _rest(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
