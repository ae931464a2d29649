"""The real-time recommendation service: an ASGI app, its Lambda handlers and its page."""

from __future__ import annotations

import os

# Requests are what runs side by side. BLAS reads it when NumPy is first imported, which is below this package.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
