"""The files below an address, by Hadoop's file systems, as Glue's sources pick them."""

import json
import re
from collections.abc import Iterable
from typing import Any

from pyspark.sql import SparkSession

HIDDEN = re.compile(r"(^|/)[._][^/]*$|/_temporary/|_\$folder\$$")
PARTS = re.compile(r"(\*\*|\*|\?|\[[^\]]+\]|\{[^}]*\})")
WILDCARDS = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def below(spark: SparkSession, address: str, *, exclusions: Iterable[str] = ()) -> list[tuple[str, int]]:
    """Return the visible files at or below an address, each with the time of its last change in milliseconds."""
    context: Any = spark.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(address)  # noqa: SLF001 - PySpark has no other way to a file system
    system = path.getFileSystem(context._jsc.hadoopConfiguration())  # noqa: SLF001
    if not system.exists(path):
        return []
    patterns = list(exclusions)
    found, listing = [], system.listFiles(path, True)  # noqa: FBT003 - recursive, in Java
    while listing.hasNext():
        status = listing.next()
        name = status.getPath().toString()
        if not HIDDEN.search(name) and status.getLen() and not excluded(name, address, patterns):
            found.append((name, int(status.getModificationTime())))
    return sorted(found)


def excluded(name: str, address: str, patterns: Iterable[str]) -> bool:
    """Whether a glob, relative to the address or whole, names the file; ``*`` stays in a folder, ``**`` does not."""
    relative = name.removeprefix(address.rstrip("/") + "/")
    return any(glob(pattern).fullmatch(part) for pattern in patterns for part in (name, relative))


def glob(pattern: str) -> re.Pattern[str]:
    """Return a glob as a regular expression: ``*``, ``**``, ``?``, ``[a-z]``, ``{a,b}``."""
    return re.compile("".join(_regex(part) for part in PARTS.split(pattern)), re.DOTALL)


def _regex(part: str) -> str:
    if part in WILDCARDS:
        return WILDCARDS[part]
    if part.startswith("{"):
        return "(?:" + "|".join(re.escape(choice) for choice in part[1:-1].split(",")) + ")"
    return part if part.startswith("[") else re.escape(part)


def exclusion_patterns(text: str | list[str] | None) -> list[str]:
    """Return the globs of the option ``exclusions``, which is JSON text or a list."""
    if not text:
        return []
    return list(json.loads(text)) if isinstance(text, str) else list(text)
