"""Every text that the source may say, with … where a value is put in."""

import ast
import re
from functools import cache

from tools.settings import REPOSITORY

FOLDERS = ("penstock", "dags", "plugins", "spark_jobs", "glue_scripts", "serving", "models", "tools")
HOLE = "…"


@cache
def templates() -> tuple[str, ...]:
    """All string literals of the code, formatted ones with holes, and the lines of the shell scripts."""
    found: list[str] = []
    for folder in FOLDERS:
        for path in (REPOSITORY / folder).rglob("*.py"):
            found += map(_text, ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    for path in (REPOSITORY / "tools").glob("*.sh"):
        found += re.findall(r'echo "(.*)"', re.sub(r"\$\w+", HOLE, path.read_text(encoding="utf-8")))
    return tuple(filter(None, found))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(each.value if isinstance(each, ast.Constant) else HOLE for each in node.values)
    return ""


def said(sentence: str) -> bool:
    """Whether a text of the source begins like this: the same words in the same order, a hole where there is …"""
    fits = re.compile(r".*?".join(re.escape(part.strip()) for part in sentence.split(HOLE)), re.DOTALL)
    return any(fits.match(each) for each in templates())
