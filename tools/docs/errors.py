"""The page of the errors: the tree of `penstock/errors.py`, and what each kind asks for."""

from __future__ import annotations

from penstock import errors
from tools.docs.markdown import page, section

INTRO = (
    "Everything that Penstock raises on purpose is one of these. A message says what failed, where, what was got and "
    "expected, and what to do; the most frequent ones, with their causes, are in "
    "[Troubleshooting](../troubleshooting.md)."
)


def errors_page() -> str:
    """The tree as the code draws it."""
    lines = (errors.__doc__ or "").splitlines()
    drawn = [line for line in lines if line.startswith(("PenstockError", "├", "│", "└", " "))]
    return page("Errors", INTRO, section("The tree", "\n".join(["```text", *drawn, "```"])))
