import re
import subprocess
from pathlib import Path

from tools.settings import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text()


def test_make_alone_lists_every_target_with_its_comment() -> None:
    shown = subprocess.run(["make", "--no-print-directory"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    targets = set(phony.group(1).replace("\\", " ").split())
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", shown.stdout, re.MULTILINE))
    assert set(listed) == targets


def test_an_unsupported_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    too_new = tmp_path / "python"
    too_new.write_text('#!/bin/sh\n[ "$2" = --version ] && echo Python 3.13.0 && exit 0\nexit 1\n')
    too_new.chmod(0o755)
    script = REPOSITORY / "tools" / "find_python.sh"
    done = subprocess.run(["sh", str(script), str(too_new)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    first, *rest = done.stderr.splitlines()
    assert first == f"PYTHON={too_new} is Python 3.13.0; Penstock needs Python 3.11 or 3.12 with venv and ensurepip."
    assert "make PYTHON=/path/to/python3.12" in rest[-1]
