"""Which network addresses mean this machine, and which URLs and origins may be trusted."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
"""What a browser on this machine calls it; another name that leads here is another site's (DNS rebinding)."""


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether an address to listen at is reached from this machine only; an unknown name is not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    name = header.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers send it: a scheme, a host, perhaps a port, and nothing more."""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"


def is_safe_url(text: str) -> bool:
    """Whether what is read there cannot be changed on its way: https, or this machine."""
    parts = urlsplit(text)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(parts.hostname)))
    )
