"""Wrong specs, as the documentation lists them: a shipped YAML with one change, and what is said of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[4]
PAGE = REPOSITORY / "docs/wrong-specs.md"
SPECS = REPOSITORY / "dags/specs"
_ROW = re.compile(r"^\| `(?P<workflow>\w+)` \| `(?P<key>[^`]+)` \| `(?P<value>[^`]*)` \| (?P<message>.+) \|$")
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
REMOVED, RENAMED = "(removed)", "(renamed) "


@dataclass(frozen=True)
class Wrong:
    """One row of the table."""

    workflow: str
    key: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.workflow}-{self.key}-{self.value}"

    @property
    def shipped(self) -> str:
        """The workflow's YAML as it is."""
        return (SPECS / f"{self.workflow}.yaml").read_text(encoding="utf-8")

    def spec(self) -> Any:
        """The shipped values with the change, which through JSON touches one place only of what anchors repeat."""
        data = json.loads(json.dumps(yaml.safe_load(self.shipped)))
        *path, last = _path(self.key)
        place = data
        for part in path:
            place = place[part]
        _change(place, last, self.value)
        return data


def rows() -> list[Wrong]:
    """The table's rows; a backslash before a vertical bar is Markdown's."""
    found = (_ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [Wrong(each["workflow"], each["key"], each["value"], _plain(each["message"])) for each in found if each]


def _plain(cell: str) -> str:
    return cell.strip("`").replace("\\|", "|")


def _path(key: str) -> list[str | int]:
    return [int(index) if index else name for name, index in _PART.findall(key)]


def _change(place: Any, last: str | int, value: str) -> None:
    if value == REMOVED:
        del place[last]
    elif value.startswith(RENAMED):
        place[value.removeprefix(RENAMED)] = place.pop(last)
    elif isinstance(place, Mapping) or isinstance(last, int):
        place[last] = yaml.safe_load(value)
    else:
        raise TypeError(f"{last!r} has no place in {place!r}")
