"""Write the reference pages anew: `python -m tools.docs`."""

from __future__ import annotations

import sys

from tools.docs.pages import FOLDER, PAGES
from tools.docs.programs import PROGRAMS, interpreter
from tools.errors import ToolError
from tools.settings import Settings


def main() -> int:
    """All but the specs' page, which Airflow's environment writes."""
    settings = Settings.from_environment()
    FOLDER.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
    for each in PROGRAMS:
        text = each.page(interpreter(each.environment, settings))
        (FOLDER / f"{each.package.replace('_', '-')}-command.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(str(error))
