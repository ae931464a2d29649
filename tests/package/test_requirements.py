"""The command by which MWAA installs requirements.txt, on the packages of its image, by pip and without an index."""

import subprocess
from pathlib import Path

import pytest

from tests.package.conftest import MWAA_PYTHON
from tests.package.rehearsal import unpack
from tools.package import Packages, requirements
from tools.packages import find_uv
from tools.settings import REPOSITORY

ESSENTIAL = ("apache-airflow", "flask-appbuilder", "celery", "kombu", "sqlalchemy", "gunicorn", "watchtower")
"""Among those that MWAA lets nobody change, by its image's mwaa_essential_constraints.txt."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with what Amazon's image installs, and nothing else."""
    folder = tmp_path_factory.mktemp("image")
    uv = str(find_uv())
    subprocess.run([uv, "venv", "--quiet", "--no-project", "--python", MWAA_PYTHON, folder / "venv"], check=True)
    python, lock = folder / "venv/bin/python", REPOSITORY / requirements.IMAGE_LOCK
    subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock], check=True)
    return python


def install(image: Path, packages: Packages, folder: Path) -> subprocess.CompletedProcess[str]:
    """MWAA's `safe-pip-install -r requirements.txt`, for `folder` in place of its plugins folder."""
    unpack(packages.plugins_zip.path, folder)
    file, essential = folder / "requirements.txt", folder / "essential.txt"
    file.write_text(packages.requirements.path.read_text().replace(requirements.UNPACKED, str(folder)))
    pins = requirements.pins(REPOSITORY / requirements.IMAGE_LOCK)
    essential.write_text("".join(f"{name}=={pins[name]}\n" for name in ESSENTIAL))
    pip = [str(find_uv().with_name("python")), "-I", "-m", "pip", "--python", str(image), "--disable-pip-version-check"]
    command = [*pip, "install", "--no-compile", "--constraint", str(essential), "-r", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_pip_adds_what_is_listed_and_touches_nothing_of_the_image(
    image: Path, packages: Packages, tmp_path: Path
) -> None:
    before = freeze(image)
    done = install(image, packages, tmp_path)
    assert done.returncode == 0, done.stderr
    after = freeze(image)
    added = requirements.added(REPOSITORY)
    assert len(added) == 23
    assert {name for name in after if name not in before} == set(added)
    assert {name: version for name, version in after.items() if name in before} == before
    check = subprocess.run(
        [str(find_uv()), "pip", "check", "--python", image], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stderr


def freeze(python: Path) -> dict[str, str]:
    command = [str(find_uv()), "pip", "freeze", "--python", str(python)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(line.split("==") for line in lines)


def test_a_wheel_that_somebody_changed_is_refused(image: Path, packages: Packages, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    unpack(packages.plugins_zip.path, changed)
    wheel = next((changed / "wheels").glob("smmap-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\n")
    command = [str(find_uv().with_name("python")), "-I", "-m", "pip", "--python", str(image), "download", "--no-deps"]
    file = tmp_path / "requirements.txt"
    file.write_text(requirements.added(REPOSITORY)["smmap"] + "\n")
    options = ["--no-index", "--find-links", str(changed / "wheels"), "-r", str(file), "-d", str(tmp_path)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
