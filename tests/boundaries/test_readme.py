"""What the README says exists, and what exists is said."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

from tools.settings import REPOSITORY, Settings

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")


def test_the_tree_is_the_real_tree() -> None:
    block = README.partition("## The house")[2].partition("```")[2].partition("```")[0]
    listed = set(re.findall(r"^(\w+)/ ", block, re.MULTILINE))
    tracked = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    folders = {each.partition("/")[0] for each in tracked.splitlines() if "/" in each}
    assert listed == {each for each in folders if not each.startswith(".")}


def test_every_make_target_is_listed_with_its_own_comment() -> None:
    targets = dict(re.findall(r"^([a-z-]+):[^#\n]*## (.*)$", MAKEFILE, re.MULTILINE))
    listed = dict(re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", README, re.MULTILINE))
    assert listed == targets


def shown(default: object) -> str:
    """A default as the table shows it: folders as seen from the clone."""
    if default is None:
        return "none"
    return f"`{default.relative_to(REPOSITORY) if isinstance(default, Path) else default}`"


def test_every_setting_is_listed_with_its_default_and_its_meaning() -> None:
    rows = re.findall(r"^\| `(PENSTOCK_\w+)` \| (.*) \| (.*) \|$", README, re.MULTILINE)
    assert rows == [(each.metadata["variable"], shown(each.default), each.metadata["doc"]) for each in fields(Settings)]


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [each for each in re.findall(r"\]\(([^)#]+)", README) if "://" not in each]
    assert links
    assert [each for each in links if not (REPOSITORY / each).exists()] == []
