"""Every command of the documentation is run by a test, or it is said why it cannot be."""

import re
from pathlib import Path

import pytest

from tests.docs import classes
from tests.docs.reading import Block, Kind, Step, blocks, clone, commands, hidden, pages, steps
from tests.docs.shell import Shell, environment
from tools.settings import REPOSITORY, Settings

CLASSES = classes.read()
PAGES = pages()
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):[^#\n]*## ", MAKEFILE, re.MULTILINE)) | {
    f"bench-{name}" for name in re.search(r"^BENCHES := (.*)$", MAKEFILE, re.MULTILINE)[1].split()
}


def test_every_command_is_run_by_a_test_or_has_a_reason() -> None:
    known = CLASSES.quick.keys() | CLASSES.elsewhere.keys() | walked()
    assert [f"{page}: {command}" for page in PAGES for command in commands(page) if command not in known] == []


def walked() -> set[str]:
    aside = CLASSES.quick.keys() | CLASSES.elsewhere.keys()
    return {command for page in CLASSES.walks for command in commands(page) if command not in aside}


def test_no_class_names_a_command_or_a_page_that_is_gone() -> None:
    there = {command for page in PAGES for command in commands(page)}
    assert CLASSES.walks.keys() <= set(PAGES)
    assert (CLASSES.quick.keys() | CLASSES.elsewhere.keys() | CLASSES.behind.keys()) - there == set()
    assert {tuple(each.split(" ", 1)) for each in CLASSES.fails} <= {
        (page, command) for page in CLASSES.walks for command in commands(page)
    }


def test_no_command_is_in_two_classes() -> None:
    assert CLASSES.quick.keys() & CLASSES.elsewhere.keys() == set()
    assert CLASSES.behind.keys() <= walked()


def test_a_reason_says_more_than_no_and_names_tests_that_are_there() -> None:
    assert [command for command, reason in CLASSES.elsewhere.items() if len(reason) < 15] == []
    named = {path for reason in CLASSES.elsewhere.values() for path in re.findall(r"\btests/[\w/.]*\w", reason)}
    assert {path for path in named if not (REPOSITORY / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES)
def test_commands_stand_in_blocks_that_say_so(page: str) -> None:
    assert [line for block in blocks(page) for line in hidden(block)] == []


def test_every_make_target_that_a_page_speaks_of_is_there() -> None:
    named = {
        (page, target)
        for page in PAGES
        for target in re.findall(
            r"`(?:\$ )?make ([a-z][a-z-]*[a-z])\b", (REPOSITORY / page).read_text(encoding="utf-8")
        )
    }
    assert named
    assert {each for each in named if each[1] not in TARGETS} == set()


@pytest.mark.parametrize("command", CLASSES.quick)
def test_a_quick_command_does_what_the_page_says(tmp_path: Path, command: str) -> None:
    folder = clone(tmp_path / "clone")
    typed = command.replace(".venv/local/bin/python", str(Settings.from_environment().local_python))
    shell = Shell(folder, environment(folder), tmp_path / "state")
    step = next(each for page in PAGES for each in steps(page) if each.text == command)
    status, output = shell.follow(Step(Kind.COMMAND, typed, step.page, step.line), seconds=60)
    assert status == 0, output
    assert CLASSES.quick[command] in output


def test_a_command_without_a_prompt_is_found() -> None:
    assert hidden(Block("page.md", 1, "", ("make demo", "makes sense"))) == ["make demo"]
    assert hidden(Block("page.md", 1, "yaml", ("make demo",))) == []


def test_what_a_command_sets_stays_set_for_the_next(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"PATH": "/usr/bin:/bin", "PWD": str(tmp_path)}, tmp_path / "state")
    for text in ("export ONE=1", "TWO=2", "mkdir sub && cd sub"):
        assert shell.follow(typed(text), seconds=10) == (0, "")
    assert shell.follow(typed('echo "$ONE $TWO $(basename "$PWD")"; false'), seconds=10) == (1, "1 2 sub\n")
    assert shell.follow(typed("sleep 60"), seconds=0.2)[0] == -1


def test_a_command_that_goes_on_is_left_behind_when_it_is_ready(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"PATH": "/usr/bin:/bin", "PWD": str(tmp_path)}, tmp_path / "state")
    assert shell.follow(typed("sh -c 'echo here; sleep 60'"), seconds=10, ready="here") == (0, "here")
    assert shell.follow(typed("sh -c 'echo gone; exit 3'"), seconds=10, ready="here") == (3, "gone\n")
    shell.close()
    assert [each.poll() is None for each in shell.background] == [False, False]


def typed(text: str) -> Step:
    return Step(Kind.COMMAND, text, "page.md", 1)
