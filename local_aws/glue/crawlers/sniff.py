"""What a file is, by its first bytes and lines, as Glue's built-in classifiers tell.

https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html (the CSV classifier's rules for delimiters and headers)
"""

import csv
import gzip
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

FIRST_BYTES = 256 * 1024
SOME_ROWS = 100
DELIMITERS = (",", "|", "\t", ";", "\x01")
LONGEST_NAME = 150
NOT_TEXT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|true|false|\d{4}-\d\d-\d\d.*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a file is. ``names`` are a CSV header's or the keys of the first JSON record."""

    format: str
    delimiter: str = ""
    header: bool = False
    compressed: bool = False
    multi_line: bool = False
    columns: int = 0
    names: tuple[str, ...] = ()

    @property
    def parts_of_one(self) -> tuple[object, ...]:
        """What files of one folder must share to be one table."""
        if self.format == "csv":
            return (self.format, self.delimiter, self.header, self.names if self.header else self.columns)
        return (self.format, self.multi_line)


def sniff(path: Path) -> Kind | None:
    """Return what a file is; None if no classifier knows it."""
    with path.open("rb") as file:
        start = file.read(FIRST_BYTES)
    if start[:4] == b"PAR1":
        return Kind(format="parquet")
    if start[:3] == b"ORC":
        return Kind(format="orc")
    compressed = start[:2] == b"\x1f\x8b"
    if compressed:
        with gzip.open(path) as file:
            start = file.read(FIRST_BYTES)
    try:
        text = start.decode()
    except UnicodeDecodeError as problem:
        if len(start) < FIRST_BYTES or problem.start < len(start) - 4:
            return None
        text = start[: problem.start].decode()  # the last character was cut
    return _json(text, compressed=compressed) or _csv(text, compressed=compressed)


def _json(text: str, *, compressed: bool) -> Kind | None:
    stripped = text.lstrip()
    if stripped[:1] not in {"{", "["}:
        return None
    try:
        first = json.loads(stripped.partition("\n")[0])
    except ValueError:
        return Kind(format="json", compressed=compressed, multi_line=True)
    if isinstance(first, list):
        return Kind(format="json", compressed=compressed, multi_line=True)
    return Kind(format="json", compressed=compressed, names=tuple(first))


def _csv(text: str, *, compressed: bool) -> Kind | None:
    """Return the first delimiter that gives at least two rows of the same two or more columns."""
    lines = text if len(text) < FIRST_BYTES else text.rpartition("\n")[0]
    for delimiter in DELIMITERS:
        rows = [
            row for _, row in zip(range(SOME_ROWS), csv.reader(io.StringIO(lines), delimiter=delimiter), strict=False)
        ]
        rows = [row for row in rows if row]
        width = len(rows[0]) if rows else 0
        if len(rows) > 1 and width > 1 and all(len(row) == width for row in rows):
            header = is_header(rows[0], rows[1:])
            names = tuple(rows[0]) if header else ()
            return Kind(
                format="csv", delimiter=delimiter, header=header, compressed=compressed, columns=width, names=names
            )
    return None


def is_header(first: list[str], rest: list[list[str]]) -> bool:
    """Whether a row names columns: all text, all short, and the rows below are not all text."""
    named = all(name.strip() and len(name) <= LONGEST_NAME and not _is_value(name) for name in first[:-1])
    named = named and not _is_value(first[-1])
    return named and any(_is_value(cell) for row in rest for cell in row)


def _is_value(cell: str) -> bool:
    return bool(NOT_TEXT.fullmatch(cell.strip()))
