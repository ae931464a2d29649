"""Items by their title and users by their id, as somebody types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from serving.bundle import Bundle

BLOCK = 8_192
"""Titles that are folded at once: other threads wait for a few milliseconds at most."""
MAX_QUERY = 200
"""Characters of a query that count."""
_ARTICLE = re.compile(r"^(.*), (the|an?|les?|la|il|el|los|las|der|die|das)( \(.*)?$", re.MULTILINE)
"""`Matrix, The (1999)`, as MovieLens writes it; also French, Italian, Spanish and German."""
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
"""Unicode's blocks of combining diacritical marks."""
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
"""Letters that look like one with an accent, but that Unicode does not take apart."""

_BEYOND = 10**18
"""Ids are below: MLlib's are int32, and searching int64 needs no larger ones."""
_DIGITS = 19
"""Of a query; more digits are beyond every id."""


class TitleIndex:
    """All titles in one text, the most popular first, so that a search ends with the n-th title it comes upon."""

    def __init__(self, bundle: Bundle, order: NDArray[np.int32]) -> None:
        """`order` are the items' positions, most popular first."""
        self._order = order
        lines = [
            fold_titles(bundle.title(item) for item in order[start : start + BLOCK].tolist()).encode()
            for start in range(0, len(order), BLOCK)
        ]
        self._text = b"\n" + b"\n".join(lines) + b"\n"
        breaks = [np.flatnonzero(np.frombuffer(each, dtype=np.uint8) == ord("\n")) for each in lines]
        starts = np.cumsum([0, *(len(each) + 1 for each in lines)])
        inner = [np.concatenate([[0], each + 1]) + start for each, start in zip(breaks, starts[:-1], strict=True)]
        self._starts = np.concatenate([*inner, starts[-1:]])

    def find(self, query: str, *, n: int) -> NDArray[np.int32]:
        """Positions of the n most popular items whose title begins with the query, then of those that contain it.

        Case and accents do not count, and an article may stand in front. None for an empty query.
        """
        wanted = fold(query[:MAX_QUERY]).encode("utf-8", "replace")
        if not wanted:
            return self._order[:0]
        beginnings = [islice(self._hits(mark + wanted), n) for mark in (b"\n", b"\t")]
        found = dict.fromkeys(sorted({rank for hits in beginnings for rank in hits})[:n])
        for rank in self._hits(wanted):
            if len(found) >= n:
                break
            found[rank] = None
        return self._order[np.fromiter(found, dtype=np.intp, count=len(found))]

    def _hits(self, wanted: bytes) -> Iterator[int]:
        """Lines that contain it, in order, each once."""
        at = self._text.find(wanted)
        while at >= 0:
            # The character that is found may be the line's break; the line is that of the last one.
            rank = int(np.searchsorted(self._starts, at + len(wanted) - 2, side="right")) - 1
            yield rank
            at = self._text.find(wanted, int(self._starts[rank + 1]))


def fold(text: str) -> str:
    """Without case, accents and surplus blanks."""
    return fold_lines(" ".join(text.split()))


def fold_titles(titles: Iterable[str]) -> str:
    """One line for each; behind a tab once more with its article in front, if it stands at the end."""
    lines = fold_lines("\n".join(" ".join(each.split()) for each in titles))
    return _ARTICLE.sub("\\g<0>\t\\2 \\1\\3", lines)


def fold_lines(lines: str) -> str:
    """Without case and accents: compatibility decomposition (Unicode TR15) without its marks."""
    if lines.isascii():
        return lines.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", lines.casefold()))
    return plain.casefold().translate(_LETTERS)


def users_like(ids: NDArray[np.int64], query: str, *, n: int) -> list[int]:
    """The first n ids, shortest first, whose digits begin with the query; of all ids for an empty query.

    `ids` ascend. What is no number finds nothing.
    """
    if not query:
        return [int(each) for each in ids[:n]]
    if not (query.isascii() and query.isdigit() and (query[0] != "0" or query == "0")):
        return []
    found: list[int] = []
    low, width = int(query[:_DIGITS]), 1
    while low < _BEYOND and len(found) < n:
        first, last = np.searchsorted(ids, [low, min(low + width, _BEYOND)])
        found += [int(each) for each in ids[first : min(last, first + n - len(found))]]
        if low == 0:
            break
        low, width = low * 10, width * 10
    return found
