"""commands.yaml: which command of the documentation is run by which test."""

from dataclasses import dataclass

import yaml

from tools.settings import REPOSITORY

FILE = REPOSITORY / "tests" / "docs" / "commands.yaml"


@dataclass(frozen=True)
class Classes:
    """See the comments of the file."""

    quick: dict[str, str]
    walks: dict[str, int]
    behind: dict[str, str]
    fails: dict[str, str]
    elsewhere: dict[str, str]


def read() -> Classes:
    return Classes(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
