"""How far a running job is, as the job itself writes it to S3."""

from __future__ import annotations

import logging

from penstock.errors import DocumentError
from penstock.progress import Progress

log = logging.getLogger(__name__)


class ProgressLog:
    """Logs a job's progress when it has changed."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, text: str, uri: str) -> None:
        """Log what the document says; a half-written one is left for the next look."""
        try:
            sentence = Progress.from_json(text, uri).sentence
        except DocumentError as error:
            log.debug("%s", error)
            return
        if sentence != self._last:
            log.info("%s", sentence)
        self._last = sentence
