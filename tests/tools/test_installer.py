"""The bootstrap action, run for real into a folder of its own; `aws s3 cp` is stood in for by a copy."""

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools.settings import REPOSITORY

SCRIPT = REPOSITORY / "bootstrap/environment.sh"
STARTER = "#!/bin/sh\necho started\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    python = tmp_path / "contents/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(STARTER)
    python.chmod(0o755)
    with tarfile.open(tmp_path / "bucket.tar.gz", "w:gz") as target:
        target.add(tmp_path / "contents", arcname=".")
    return tmp_path / "bucket.tar.gz"


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """`aws` copies files and counts its calls; `sudo` must not be needed."""
    folder = tmp_path / "commands"
    folder.mkdir()
    aws = f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\n[ "$1 $2 $3" = "s3 cp --only-show-errors" ] && cp "$4" "$5"\n'
    for name, content in (("aws", aws), ("sudo", "#!/bin/sh\nexit 9\n")):
        (folder / name).write_text(content)
        (folder / name).chmod(0o755)
    return folder


def install(commands: Path, *args: object) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{commands}:{os.defpath}"}
    command = ["sh", str(SCRIPT), *(str(each) for each in args)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_it_is_installed_once_and_whole(archive: Path, commands: Path, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    leftover = folder / f"{sha(archive)}.unfinished"
    leftover.mkdir(parents=True)
    (leftover / "half").touch()
    done = install(commands, archive, sha(archive), folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")
    assert [each.name for each in folder.iterdir()] == [sha(archive)]
    assert sorted(each.name for each in (folder / sha(archive)).iterdir()) == ["bin"]
    again = install(commands, archive, sha(archive), folder)
    assert (again.returncode, again.stdout) == (0, f"environment.sh: {folder}/{sha(archive)} is there\n")
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


def test_other_bytes_are_refused_and_leave_nothing(archive: Path, commands: Path, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    done = install(commands, archive, "0" * 64, folder)
    assert done.returncode == 1
    assert done.stderr == (
        f"environment.sh: {archive} is not what the deployment names: expected SHA-256 {'0' * 64}, "
        f"got {sha(archive)}. Upload it again: make spark-environment\n"
    )
    assert not folder.exists()


def test_without_its_arguments_it_says_how_it_is_called(commands: Path) -> None:
    done = install(commands, "s3://lake/environment.tar.gz")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: environment.sh <s3://")
