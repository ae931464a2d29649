import hashlib
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.package import build_packages, service
from tools.package.requirements import ADDED_LOCK, IMAGE_LOCK
from tools.packages import Architecture
from tools.settings import REPOSITORY

FOLDERS = ("dags", "plugins", "penstock", "serving")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Where a package index would be asked: one module of ten bytes."""
    asked: list[tuple[object, ...]] = []

    def install(site: Path, *about: object, python_version: str) -> None:
        asked.append((*about, python_version))
        site.mkdir()
        (site / "mangum.py").write_bytes(b"0123456789")

    monkeypatch.setattr(service, "install", install)
    return asked


def test_equal_checkouts_give_equal_bytes(tmp_path: Path, installed: list[object]) -> None:
    checkout = tmp_path / "checkout"
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (checkout / "requirements").mkdir()
    for lock in (IMAGE_LOCK, ADDED_LOCK):
        shutil.copy(REPOSITORY / lock, checkout / lock)
    for path in checkout.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    here = build_packages(REPOSITORY, tmp_path / "here", wheels=False)
    there = build_packages(checkout, tmp_path / "there", wheels=False)
    assert [each.sha256 for each in here.files] == [each.sha256 for each in there.files]
    assert here.manifest.read_bytes() == there.manifest.read_bytes()


def test_what_lies_in_the_folder_afterwards(tmp_path: Path, installed: list[object]) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "gone.py").write_text("of an earlier package")
    packages = build_packages(REPOSITORY, tmp_path, wheels=False)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"dags", "dags.zip", "plugins.zip", "requirements.txt", "serving.zip", "manifest.json"}
    with zipfile.ZipFile(packages.dags_zip.path) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    below = (path for path in packages.dags.rglob("*") if path.is_file())
    assert {path.relative_to(packages.dags).as_posix(): path.read_bytes() for path in below} == zipped
    assert "gone.py" not in zipped
    assert json.loads(packages.manifest.read_text()) == {
        each.path.name: {
            "sha256": hashlib.sha256(each.path.read_bytes()).hexdigest(),
            "bytes": each.path.stat().st_size,
        }
        for each in packages.files
    }


def test_the_service_is_built_for_the_machine_of_its_template(tmp_path: Path, installed: list[object]) -> None:
    packages = build_packages(REPOSITORY, tmp_path, wheels=False)
    template = (REPOSITORY / "infra/serving.yaml").read_text()
    assert set(re.findall(r"Architectures: \[(\w+)\]", template)) == {"arm64"}
    assert set(re.findall(r"Runtime: (\S+)", template)) == {"python3.12"}
    lock = str(REPOSITORY / "requirements/lambda.txt")
    assert installed == [(Architecture.ARM64, "--requirement", lock, "--require-hashes", "3.12")]
    names = zipfile.ZipFile(packages.serving_zip.path).namelist()
    handlers = set(re.findall(r"Handler: serving\.lambda_handlers\.(\w+)", template))
    assert handlers == {"recommenderHandler", "loadHandler", "genreHandler"}
    assert {"serving/lambda_handlers.py", "serving/page/index.html", "penstock/bundle.py", "mangum.py"} <= set(names)
    assert not {"serving/cli.py", "serving/__main__.py", "penstock/ruff.toml"} & set(names)


def test_more_than_lambda_takes_is_refused(
    tmp_path: Path, installed: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SOURCES", ())
    monkeypatch.setattr(service, "LIMIT_BYTES", 9)
    archive = tmp_path / "serving.zip"
    with pytest.raises(ToolError, match=r"serving\.zip would be 10 bytes when unpacked; Lambda takes 9$"):
        service.build(REPOSITORY, archive, Architecture.ARM64)
    assert not archive.exists()
    monkeypatch.setattr(service, "LIMIT_BYTES", 10)
    service.build(REPOSITORY, archive, Architecture.ARM64)
    assert archive.exists()
