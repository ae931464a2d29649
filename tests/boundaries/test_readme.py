"""What the README says exists, and what exists is said."""

import re
from dataclasses import fields

from tools.settings import REPOSITORY, Settings

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
HIDDEN_OR_GENERATED = re.compile(r"^[._]|\.egg-info$|^dist$")


def test_the_tree_is_the_real_tree() -> None:
    block = README.partition("## The house")[2].partition("```")[2].partition("```")[0]
    listed = set(re.findall(r"^(\w+)/ ", block, re.MULTILINE))
    real = {each.name for each in REPOSITORY.iterdir() if each.is_dir() and not HIDDEN_OR_GENERATED.search(each.name)}
    assert listed == real


def test_every_make_target_is_listed_with_its_own_comment() -> None:
    targets = dict(re.findall(r"^([a-z-]+):[^#\n]*## (.*)$", MAKEFILE, re.MULTILINE))
    listed = dict(re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", README, re.MULTILINE))
    assert listed == targets


def test_every_setting_is_listed_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `(PENSTOCK_\w+)` \| .* \| (.*) \|$", README, re.MULTILINE))
    assert rows == {each.metadata["variable"]: each.metadata["doc"] for each in fields(Settings)}


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [each for each in re.findall(r"\]\(([^)#]+)", README) if "://" not in each]
    assert links
    assert [each for each in links if not (REPOSITORY / each).exists()] == []
