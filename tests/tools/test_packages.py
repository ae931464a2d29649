import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from penstock.layout import Layout
from tools import packages
from tools.errors import ToolError
from tools.packages import LOCK, MODELS, Architecture, Packages, find_uv, upload, wanted, write_zip
from tools.settings import REPOSITORY


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / LOCK.parent).mkdir()
    shutil.copy(REPOSITORY / LOCK, tmp_path / LOCK)
    shutil.copytree(REPOSITORY / MODELS, tmp_path / MODELS, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_archive_is_another_when_its_lock_its_models_or_its_architecture_are(checkout: Path) -> None:
    def sha(architecture: Architecture = Architecture.X86_64) -> str:
        return wanted(checkout / "home", architecture, checkout).sha

    first = sha()
    assert first == wanted(checkout / "home", Architecture.X86_64, REPOSITORY).sha
    found = {first, sha(Architecture.ARM64)}
    (checkout / MODELS / "more.py").write_text("x = 1\n")
    found.add(sha())
    (checkout / LOCK).write_text("numpy==2.2.6\n")
    found.add(sha())
    assert len(found) == 4


def test_equal_folders_give_equal_archives_without_commands_and_caches(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("b/__init__.py", "a.py", "bin/command", "b/__pycache__/x.pyc", "b/tests/__init__.py"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(name)
    write_zip(site, tmp_path / "one.zip")
    (site / "a.py").touch()
    write_zip(site, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["a.py", "b/__init__.py", "b/tests/__init__.py"]


def test_there_must_be_an_installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv/local"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"uv does not exist and there is no uv on the PATH: make environments$"):
        find_uv()
    uv = tmp_path / "venv/uv/bin/uv"
    uv.parent.mkdir(parents=True)
    uv.touch()
    assert find_uv() == uv


def test_what_cannot_be_installed_leaves_no_archive(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = tmp_path / "uv"
    refusing.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(packages, "find_uv", lambda: refusing)
    archive = wanted(tmp_path / "home", Architecture.ARM64, checkout)
    with pytest.raises(ToolError, match=r"models.txt cannot be installed for aarch64-manylinux_2_28: no such package$"):
        packages.build(archive, Architecture.ARM64, checkout)
    assert not archive.built
    assert list(archive.path.parent.iterdir()) == []


def test_it_is_uploaded_once_to_where_the_deployment_says(s3: Any, tmp_path: Path) -> None:
    path = tmp_path / "models.zip"
    path.write_bytes(b"zip")
    archive = Packages(sha="beef", path=path)
    assert upload(s3, archive, Layout("s3://lake/p")) is True
    assert upload(s3, archive, Layout("s3://lake/p")) is False
    assert s3.get_object(Bucket="lake", Key="p/packages/beef/models.zip")["Body"].read() == b"zip"
