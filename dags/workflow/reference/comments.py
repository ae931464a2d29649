"""What a YAML's own comments say of its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINE = re.compile(r"^(?P<indent> *)(?P<item>- )?(?P<key>[A-Za-z_]\w*):(?P<rest>.*)$")
_COMMENT = re.compile(r"\s{2,}# (.*)$| # (.*)$")
FORM = "(form)"
"""At the end of the comment of a value that one run may be started with another of."""


def comments(path: Path) -> dict[str, str]:
    """Key path, without the places in lists, to the comment behind the key."""
    return dict(_read(path.read_text(encoding="utf-8").splitlines()))


def _read(lines: list[str]) -> Iterator[tuple[str, str]]:
    above: list[tuple[int, str]] = []
    for line in lines:
        match = _LINE.match(line)
        if not match:
            continue
        indent = len(match["indent"]) + len(match["item"] or "")
        above = [each for each in above if each[0] < indent]
        above.append((indent, match["key"]))
        comment = _COMMENT.search(match["rest"])
        if comment:
            yield ".".join(key for _, key in above), next(filter(None, comment.groups()))
