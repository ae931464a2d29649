"""Memory that is free, given back to the system."""

from __future__ import annotations

import ctypes
from typing import Any


def trim() -> None:
    """Give back what the C library keeps for itself; for a thread, since it may take some milliseconds.

    Opening a bundle of a million items leaves 75 MB of freed blocks behind, which glibc would keep (malloc_trim(3)).
    Other C libraries have no such call, and need none.
    """
    library: Any = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
