"""Bundles: fetched, checked, opened memory-mapped. Nothing of a bundle is ever executed or unpickled."""
