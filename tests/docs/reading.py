"""What a page of the documentation has its reader do: commands to type, files to write, changes to make."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from tools.settings import REPOSITORY

PROGRAMS = (
    "make ",
    "python ",
    ".venv/",
    "aws ",
    "curl ",
    "airflow ",
    "spark-submit ",
    "export ",
    "docker ",
    "git ",
    "$ ",
)
"""How a line begins that is a command."""


class Kind(StrEnum):
    COMMAND = "command"
    FILE = "file"
    CHANGE = "change"


@dataclass(frozen=True)
class Step:
    """One thing to do."""

    kind: Kind
    text: str
    """The command, the whole file, or the change as a unified diff."""
    page: str
    line: int
    path: str = ""
    """Of the file."""


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    lines: tuple[str, ...]


def pages() -> list[str]:
    """Every page of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return found.splitlines()


@cache
def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    found, fence, start, language, inside = [], "", 0, "", []
    for number, line in enumerate((REPOSITORY / page).read_text(encoding="utf-8").splitlines(), 1):
        opening = re.match(r"^(`{3,}|:{3,})\s*(.*)$", line)
        if not fence and opening and opening[1].startswith("`"):
            fence, language, start, inside = opening[1], opening[2].strip(), number, []
        elif fence and line.startswith(fence):
            found.append(Block(page, start, language, tuple(inside)))
            fence = ""
        elif fence:
            inside.append(line)
    return found


def steps(page: str) -> list[Step]:
    """Everything that a page has its reader do, in order."""
    return [step for block in blocks(page) for step in _steps(block)]


def commands(page: str) -> list[str]:
    return [each.text for each in steps(page) if each.kind is Kind.COMMAND]


def hidden(block: Block) -> list[str]:
    """Commands in a block that does not say that it holds commands."""
    if block.language not in ("", "sh", "bash", "shell"):
        return []
    return [line for line in block.lines if line.startswith(PROGRAMS)]


def _steps(block: Block) -> list[Step]:
    if block.language == "console":
        text = re.sub(r"\\\n\s*", "", "\n".join(block.lines))
        typed = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        return [Step(Kind.COMMAND, re.sub(r"\s+# .*$", "", line), block.page, block.line) for line in typed]
    if block.language == "diff":
        return [Step(Kind.CHANGE, "\n".join(block.lines) + "\n", block.page, block.line)]
    named = re.match(r"^(?:#|//) ((?:\w+/)+[\w.]+)$", block.lines[0]) if block.lines else None
    if block.language in ("python", "yaml") and named:
        body = "\n".join(block.lines[1:]) + "\n"
        return [Step(Kind.FILE, body, block.page, block.line, named[1])]
    return []


def clone(into: Path) -> Path:
    """The repository as it is now, without what git does not know; its environments are shared."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        source = REPOSITORY / name
        if source.is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / name)
    (into / ".venv").symlink_to(REPOSITORY / ".venv")
    return into
