"""The globs of a target's ``Exclusions``, relative to the target.

https://docs.aws.amazon.com/glue/latest/dg/define-crawler.html#crawler-data-stores-exclude
"""

import re
from collections.abc import Callable, Sequence

PARTS = re.compile(r"(\*\*|\*|\?|\[[^\]]+\]|\{[^}]*\})")
WILDCARDS = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def excluder(patterns: Sequence[str], target: str) -> Callable[[str], bool]:
    """Return a function that says whether a key is excluded; ``*`` stays in a folder, ``**`` does not."""
    compiled = [re.compile("".join(_regex(part) for part in PARTS.split(pattern))) for pattern in patterns]
    prefix = "" if target == "." else target.rstrip("/") + "/"
    return lambda key: any(pattern.fullmatch(key.removeprefix(prefix)) for pattern in compiled)


def _regex(part: str) -> str:
    if part in WILDCARDS:
        return WILDCARDS[part]
    if part.startswith("{"):
        return "(?:" + "|".join(re.escape(choice) for choice in part[1:-1].split(",")) + ")"
    return part if part.startswith("[") else re.escape(part)
