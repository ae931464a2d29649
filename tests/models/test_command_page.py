"""The reference page of the command line is what it says now; `make reference` writes it anew."""

import sys
from pathlib import Path

from tools.docs.pages import FOLDER
from tools.docs.programs import PROGRAMS


def test_the_page_is_what_the_command_line_says() -> None:
    program = next(each for each in PROGRAMS if each.package == "models")
    page = (FOLDER / "models-command.md").read_text(encoding="utf-8")
    assert page == program.page(Path(sys.executable)), "make reference"
    assert "## `python -m models describe`" in page
