"""Keeps web pages away: a page open in the user's browser could otherwise have the server run commands.

Clients of AWS send no Origin. A name that was made to point at 127.0.0.1 (DNS rebinding) shows in the Host.
"""

from collections.abc import Iterable, Set
from typing import Any

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
REFUSED = b"Refused: this server answers programs of this machine, not web pages.\n"


class Guard:
    """Answers 403 to what a browser sends on behalf of another site, and passes on everything else."""

    def __init__(self, application: Any, names: Iterable[str] = ()) -> None:
        self._application = application
        self._names = OWN_NAMES | set(names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if is_foreign(environ, self._names):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [REFUSED]
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


def is_foreign(environ: dict[str, Any], names: Set[str] = OWN_NAMES) -> bool:
    """Whether the request comes from a page of another origin, or was sent to another name."""
    host = environ.get("HTTP_HOST", "")
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin != f"http://{host}":
        return True
    if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return True
    return host.rpartition(":")[0] not in names if ":" in host.rpartition("]")[2] else host not in names
