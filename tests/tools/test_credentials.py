import re
import stat
from dataclasses import astuple
from pathlib import Path

import pytest

from tools.credentials import load_or_create
from tools.errors import ToolError


def test_they_are_generated_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    first = load_or_create(tmp_path)
    assert load_or_create(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    generated = [each for each in astuple(first) if each]
    assert len(set(generated)) == len(generated) == 6
    assert (first.database_password, first.serving_key) == ("", "")
    assert load_or_create(tmp_path / "another") != first
    assert first.airflow_password not in repr(first)


def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    with pytest.raises(ToolError, match=re.escape("Stop the stack with `make down` and delete it.")):
        load_or_create(tmp_path)
