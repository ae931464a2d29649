"""Bundles: fetched, checked, opened memory-mapped. Nothing of a bundle is ever executed or unpickled."""

from __future__ import annotations

from serving.bundle.fetching import fetch, prune
from serving.bundle.opened import Bundle, open_bundle

__all__ = ["Bundle", "fetch", "open_bundle", "prune"]
