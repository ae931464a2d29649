"""What must hold inside and between the arrays of a bundle, so that no lookup ever leaves them.

Looked at in blocks: a check takes some megabytes, whatever the size of the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from penstock.bundle import BundleFile
from penstock.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[BundleFile, NDArray[Any]]

BLOCK = 1024**2
LARGEST_FACTOR = 1e15
"""In absolute value; the inner product of 1,000 such factors is still a float32. Factors of MLlib are below 100."""


def check_structure(arrays: Arrays, source: str) -> None:
    """Raise BundleError for the first thing that does not hold, naming file, element, got and expected."""
    items = len(arrays[BundleFile.ITEM_IDS])
    for name in (BundleFile.USER_IDS, BundleFile.ITEM_IDS):
        _ascending(arrays[name], f"{source}/{name.value}")
    for name in (BundleFile.USER_FACTORS, BundleFile.ITEM_FACTORS):
        _bounded_factors(arrays[name], f"{source}/{name.value}")
    _not_negative(arrays[BundleFile.POPULARITY], f"{source}/{BundleFile.POPULARITY.value}")
    for offsets, target in _LISTS:
        _offsets(arrays[offsets], len(arrays[target]), f"{source}/{offsets.value}")
    for offsets, target in ((BundleFile.SEEN_OFFSETS, BundleFile.SEEN_ITEMS), _GENRES):
        _positions(arrays[target], arrays[offsets], items, f"{source}/{target.value}")
    for offsets, target in _TEXTS:
        _text(arrays[target], arrays[offsets], f"{source}/{target.value}", f"{source}/{offsets.value}")


_GENRES = (BundleFile.GENRE_OFFSETS, BundleFile.GENRE_ITEMS)
_TEXTS = (
    (BundleFile.TITLE_OFFSETS, BundleFile.TITLES),
    (BundleFile.GENRE_NAME_OFFSETS, BundleFile.GENRE_NAMES),
)
_LISTS = ((BundleFile.SEEN_OFFSETS, BundleFile.SEEN_ITEMS), _GENRES, *_TEXTS)


def _blocks(length: int, *, overlap: int = 0) -> Iterator[slice]:
    """Slices over all elements; with an overlap of 1, every pair of neighbours is in one of them."""
    for start in range(0, max(0, length - overlap), BLOCK):
        yield slice(start, min(length, start + BLOCK + overlap))


def _first(wrong: NDArray[np.bool_]) -> int:
    """Where the first True is, -1 if there is none."""
    return int(np.argmax(wrong)) if wrong.any() else -1


def _ascending(ids: NDArray[Any], where: str) -> None:
    for part in _blocks(len(ids), overlap=1):
        at = _first(ids[part][1:] <= ids[part][:-1])
        if at >= 0:
            place = part.start + at + 1
            raise BundleError(f"{where}: element {place} is {ids[place]}; expected more than {ids[place - 1]}")


def _bounded_factors(factors: NDArray[Any], where: str) -> None:
    flat = factors.reshape(-1)
    for part in _blocks(len(flat)):
        at = _first(~(np.abs(flat[part]) <= LARGEST_FACTOR))
        if at >= 0:
            place = part.start + at
            raise BundleError(
                f"{where}: element {place} is {flat[place]}; expected a number within {LARGEST_FACTOR:g} of 0"
            )


def _not_negative(counts: NDArray[Any], where: str) -> None:
    for part in _blocks(len(counts)):
        at = _first(counts[part] < 0)
        if at >= 0:
            raise BundleError(f"{where}: element {part.start + at} is {counts[part][at]}; expected at least 0")


def _offsets(offsets: NDArray[Any], length: int, where: str) -> None:
    if offsets[0] != 0 or offsets[-1] != length:
        raise BundleError(f"{where}: from {offsets[0]} to {offsets[-1]}; expected from 0 to {length}")
    for part in _blocks(len(offsets), overlap=1):
        at = _first(offsets[part][1:] < offsets[part][:-1])
        if at >= 0:
            place = part.start + at + 1
            raise BundleError(f"{where}: element {place} is {offsets[place]}; expected at least {offsets[place - 1]}")


def _positions(positions: NDArray[Any], offsets: NDArray[Any], items: int, where: str) -> None:
    """Within each list ascending; a list begins wherever an offset points."""
    for part in _blocks(len(positions)):
        at = _first((positions[part] < 0) | (positions[part] >= items))
        if at >= 0:
            place = part.start + at
            raise BundleError(
                f"{where}: element {place} is {positions[place]}; expected an item's position, 0 to {items - 1}"
            )
    for part in _blocks(len(positions), overlap=1):
        wrong = positions[part][1:] <= positions[part][:-1]
        first, last = np.searchsorted(offsets, [part.start + 1, part.stop])
        wrong[offsets[first:last] - part.start - 1] = False
        at = _first(wrong)
        if at >= 0:
            place = part.start + at + 1
            raise BundleError(
                f"{where}: element {place} is {positions[place]}; expected more than {positions[place - 1]} in a list"
            )


def _text(text: NDArray[Any], offsets: NDArray[Any], where: str, offsets_where: str) -> None:
    """UTF-8, and no offset inside a character, so that every part is UTF-8 too."""
    content = text.tobytes()
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: not UTF-8 ({error})") from error
    starts = offsets[offsets < len(text)]
    at = _first(text[starts] & 0xC0 == 0x80)  # noqa: PLR2004 - the mark of a byte that continues a character (RFC 3629)
    if at >= 0:
        raise BundleError(f"{offsets_where}: element {at} is {starts[at]}, inside a character; expected its beginning")
