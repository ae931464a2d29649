"""The published table of faults is about the faults that the suite injects, and the pitfalls that it shows."""

import re

from tests.faults.harness.matrix import MATRIX
from tests.faults.harness.pitfalls import PITFALLS
from tools.settings import REPOSITORY

PAGE = (REPOSITORY / "docs" / "faults.md").read_text(encoding="utf-8")
SHOWN = REPOSITORY / "tests" / "faults" / "pitfalls"


def test_every_fault_of_the_suite_has_its_row_in_the_page() -> None:
    rows = re.findall(r"^\| (.*) <!-- (\w+) --> \|", PAGE, re.MULTILINE)
    assert rows == [(each.story, each.name) for each in MATRIX]


def test_every_pitfall_is_in_the_page_and_shown_by_what_there_is() -> None:
    tests = [
        name for path in SHOWN.glob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    ]
    assert {name for each in PITFALLS for name in each.faults} <= {each.name for each in MATRIX}
    assert sorted(name for each in PITFALLS for name in each.tests) == sorted(tests)
    assert [each.story for each in PITFALLS if f"| {each.story} |" not in PAGE] == []
