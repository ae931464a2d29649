import stat
from pathlib import Path

import pytest

from tools import home
from tools.credentials import load_or_create
from tools.errors import UNUSABLE, ToolError


def test_a_home_is_private_and_goes_with_all_that_was_put_there(tmp_path: Path) -> None:
    ours = tmp_path / "some" / "home"
    home.prepare(ours)
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700
    load_or_create(ours)
    (ours / "aws" / "s3").mkdir(parents=True)
    home.prepare(ours)
    assert home.delete(ours)
    assert not ours.exists()
    assert not home.delete(ours)


def test_a_folder_that_held_something_before_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("years of work")
    home.prepare(tmp_path)
    load_or_create(tmp_path)
    with pytest.raises(ToolError, match=r"was not made by Penstock: expected \.penstock-home in it") as raised:
        home.delete(tmp_path)
    assert raised.value.status == UNUSABLE
    assert (tmp_path / "data" / "thesis.txt").read_text() == "years of work"
    assert (tmp_path / "secrets.json").exists()


def test_a_file_that_is_not_ours_stays_and_a_link_is_not_followed(tmp_path: Path) -> None:
    ours, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.prepare(ours)
    elsewhere.mkdir()
    (elsewhere / "kept.txt").touch()
    (ours / "logs").symlink_to(elsewhere)
    (ours / "notes.txt").touch()
    assert home.delete(ours)
    assert [path.name for path in ours.iterdir()] == ["notes.txt"]
    assert (elsewhere / "kept.txt").exists()
