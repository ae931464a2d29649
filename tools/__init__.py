"""Penstock's local stack, its demo and the job bundle: what runs on a developer's machine."""
