"""The compose file and the image recipe, by the linters that others hold such files against."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
BESIDE = Path(sys.executable).parent
COMPOSE, RECIPE = REPOSITORY / "docker-compose.yaml", REPOSITORY / "containers" / "Dockerfile"


def lint(program: str, *options: str | Path) -> tuple[int, str]:
    done = subprocess.run([BESIDE / program, *options], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def validate(path: Path) -> tuple[int, str]:
    return lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


def test_the_compose_file_is_one_by_the_specification() -> None:
    assert validate(COMPOSE) == (0, "ok -- validation done\n")


@pytest.mark.parametrize(("right", "wrong"), [("cap_drop:", "cap_drip:"), ("read_only: true", "read_only: [true]")])
def test_the_schema_tells_right_from_wrong(tmp_path: Path, right: str, wrong: str) -> None:
    text = COMPOSE.read_text()
    assert right in text
    broken = tmp_path / "docker-compose.yaml"
    broken.write_text(text.replace(right, wrong))
    status, words = validate(broken)
    assert status == 1
    assert wrong.partition(":")[0] in words


def test_hadolint_finds_nothing_in_the_recipe_and_something_in_a_bad_one(tmp_path: Path) -> None:
    assert lint("hadolint", RECIPE) == (0, "")
    bad = tmp_path / "Dockerfile"
    bad.write_text(RECIPE.read_text().replace(":3.11.14-slim-bookworm\n", "\n").replace("${PYTHON_IMAGE}", "python"))
    status, words = lint("hadolint", bad)
    assert status == 1
    assert "DL3006" in words
