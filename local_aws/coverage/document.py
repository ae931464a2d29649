"""COVERAGE.md: ``python -m local_aws coverage`` prints it."""

import botocore.session
from moto.core.utils import camelcase_to_underscores

from local_aws.coverage.tables import Coverage, all_coverage

HEAD = """# What the local AWS does and does not do

Made by `python -m local_aws coverage`; do not edit.

**Executed** means that something runs on this machine, **emulated** that the answer is computed here and nothing runs,
**moto** that [moto](https://docs.getmoto.org) answers from memory, **refused** that the request fails with status 501.
"""
FOOT = """
## Everything else

IAM, STS, CloudWatch Logs, SNS, DynamoDB, SSM, Secrets Manager and so on are moto's, in memory. Platforms: Linux;
elsewhere processes that leave their process group are not found when a command is killed.
"""


def operation_names(service: str) -> list[str]:
    """Return the names of a service's operations, from botocore's model of it, sorted."""
    return sorted(botocore.session.get_session().get_service_model(service).operation_names)


def level(coverage: Coverage, operation: str) -> str:
    """Return who answers an operation: executed, emulated, moto or refused."""
    if operation in coverage.executed:
        return "executed"
    if operation in coverage.emulated:
        return "emulated"
    method = camelcase_to_underscores(operation)
    return "moto" if callable(getattr(coverage.response_class(), method, None)) else "refused"


def section(coverage: Coverage) -> list[str]:
    """Return the lines of one service: a row for what is done here, a list for what is not."""
    lines = ["", f"## {coverage.title}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in coverage.topics.items()]
    if not coverage.responses:
        return lines
    levels = {name: level(coverage, name) for name in operation_names(coverage.service)}
    notes = coverage.executed | coverage.emulated
    lines += ["", "| Operation | | What differs from AWS |", "|---|---|---|"]
    lines += [f"| {name} | {levels[name]} | {notes[name] or '-'} |" for name in levels if name in notes]
    for other in ("moto", "refused"):
        names = ", ".join(name for name in levels if levels[name] == other)
        lines += ["", f"{other.capitalize()}: {names}."]
    return lines


def document() -> str:
    """Return the whole text of COVERAGE.md."""
    lines = [line for coverage in all_coverage() for line in section(coverage)]
    return HEAD + "\n".join(lines) + "\n" + FOOT
