"""The reference pages are what the code says now; `make reference` writes them anew."""

import dataclasses
import re
import sys
from pathlib import Path

import pytest

from penstock.jobs import ALL_JOBS, TrainArgs
from penstock.mllib.problems import Problem, judged_by
from tools.docs.documents import every_document
from tools.docs.fields import described, nested, shown_type
from tools.docs.markdown import table
from tools.docs.pages import FOLDER, PAGES
from tools.docs.programs import PROGRAMS
from tools.settings import Settings

LOCAL = [each for each in PROGRAMS if each.environment == "local"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "make reference"


@pytest.mark.parametrize("program", LOCAL, ids=lambda each: each.package)
def test_the_page_of_a_command_line_is_what_it_says(program) -> None:
    page = FOLDER / f"{program.package.replace('_', '-')}-command.md"
    assert page.read_text(encoding="utf-8") == program.page(Path(sys.executable)), "make reference"


@pytest.mark.parametrize("name", ["documents.md", "deployment.md", "metrics.md", "settings.md", "jobs.md", "layout.md"])
def test_everything_has_a_meaning(name: str) -> None:
    rows = [line for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    assert [each for each in rows if each.endswith("|  |")] == []


def test_every_document_and_every_job_has_its_section() -> None:
    documents = (FOLDER / "documents.md").read_text(encoding="utf-8")
    kinds = {each.kind for each in every_document()} - {"deployment"}
    assert set(re.findall(r"^## `(\w+)`, version", documents, re.MULTILINE)) == kinds
    assert {"evaluation", "assessment", "run_report", "bundle_manifest"} <= kinds
    scripts = re.findall(r"^## `(.*)`$", (FOLDER / "jobs.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert scripts == [each.script for each in ALL_JOBS]


def test_a_job_is_shown_with_its_defaults_and_ranges() -> None:
    section = (
        (FOLDER / "jobs.md").read_text(encoding="utf-8").partition(f"## `{TrainArgs.script}`")[2].partition("\n## ")[0]
    )
    assert "| `--validation_fraction` | float | `0.1` | 0.01 to 0.9 |" in section
    assert '| `--objective` | str | `"ranking"` | `ranking`, `rating` |' in section


def test_every_metric_that_a_model_is_judged_by_is_there() -> None:
    page = (FOLDER / "metrics.md").read_text(encoding="utf-8")
    for problem in Problem:
        section = page.partition(f"## {problem.value}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(judged_by(problem))


def test_every_setting_is_there() -> None:
    found = re.findall(r"^\| `(PENSTOCK_\w+)`", (FOLDER / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found == [each.metadata["variable"] for each in dataclasses.fields(Settings)]


@dataclasses.dataclass(kw_only=True)
class Inner:
    """Inside."""

    number: int = 0


@dataclasses.dataclass(kw_only=True)
class Outer:
    """Holds others | of its kind."""

    one: Inner
    many: list[Inner | None] = dataclasses.field(default_factory=list)
    seed: int = 0


def test_a_field_says_its_type_its_default_and_what_it_holds() -> None:
    assert nested(Outer) == [Inner]
    assert described(Outer).splitlines()[-3:] == [
        "| `one` | `Inner` | needed | Inside. |",
        "| `many` | list of `Inner` or null | `none` | Inside. |",
        "| `seed` | int | `0` | What random choices begin with. |",
    ]


def test_types_are_said_in_words() -> None:
    assert shown_type(dict[str, float | None]) == "float or null by name"


def test_a_bar_does_not_end_a_cell() -> None:
    assert table(["one"], [["a|b"]]) == "| one |\n|---|\n| a\\|b |"
    assert table(["one"], []) == ""
