"""Why a command failed, read from what it wrote."""

import re

TRACEBACK = "Traceback (most recent call last):"
JAVA_EXCEPTION = re.compile(r"^Exception in thread \"[^\"]*\" (.+)$", re.MULTILINE)
LONGEST = 2000


def failure_message(stderr: str, code: int) -> str:
    """Return the exception that ended the command, or its last words, or its exit code if it said nothing."""
    message = _python_exception(stderr) or _java_exception(stderr) or _last_line(stderr)
    return (message or f"The command exited with code {code}")[:LONGEST]


def _python_exception(stderr: str) -> str | None:
    """Return the first line after the last traceback's frames: the exception, of a chain the one that got out."""
    _, found, after = stderr.rpartition(TRACEBACK)
    if not found:
        return None
    return next((line.strip() for line in after.splitlines()[1:] if line and not line[0].isspace()), None)


def _java_exception(stderr: str) -> str | None:
    found = JAVA_EXCEPTION.findall(stderr)
    return str(found[-1]) if found else None


def _last_line(stderr: str) -> str | None:
    return next((line.strip() for line in reversed(stderr.splitlines()) if line.strip()), None)
