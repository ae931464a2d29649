"""What keeps a page from being shown, in words for its reader."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - it is one for the reader, and often no error at all
    """Answered as a page: a status, a sentence, and what to do."""

    def __init__(self, status: int, sentence: str, remedy: str, *, link: tuple[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.remedy, self.link = status, sentence, remedy, link
        """`link` is an address and its words."""
