import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from penstock.layout import Layout
from tests.tools.environment.conftest import write_wheel
from tools.environment import contents
from tools.environment.build import build_environment, read_environment, upload_environment
from tools.environment.recipe import LOCK, Form, Recipe, find_wheels
from tools.environment.tarball import sha256_of
from tools.errors import ToolError
from tools.packages import Architecture


@pytest.fixture
def recipe(checkout: Path, tmp_path: Path) -> Recipe:
    write_wheel(tmp_path / "wheels", "own_features")
    wheels = find_wheels(tmp_path / "wheels")
    return Recipe(form=Form.PACKAGES, architecture=Architecture.ARM64, wheels=wheels, repository=checkout)


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


def test_equal_recipes_give_equal_bytes_and_are_built_once(recipe: Recipe, tmp_path: Path) -> None:
    said: list[str] = []
    one = build_environment(recipe, tmp_path / "one", tell=said.append)
    two = build_environment(recipe, tmp_path / "two", tell=said.append)
    assert one.sha == two.sha == sha256_of(one.path) == sha256_of(two.path)
    assert said.count("installing cluster.txt and 1 wheels of your own for aarch64-manylinux_2_28") == 2
    assert build_environment(recipe, tmp_path / "one", tell=said.append) == one == read_environment(one.path.parent)
    assert len([each for each in said if each.startswith("installing")]) == 2
    assert sorted(each.name for each in one.path.parent.iterdir()) == ["environment.json", "environment.tar.gz"]
    assert (one.packages, one.form, one.architecture) == ({"own-features": "1.0"}, "packages", "ARM64")


def test_it_holds_modules_and_what_starts_them_and_nothing_of_this_machine(recipe: Recipe, tmp_path: Path) -> None:
    built = build_environment(recipe, tmp_path)
    site = "lib/python3.11/site-packages"
    info = f"{site}/own_features-1.0.dist-info"
    with tarfile.open(built.path) as archive:
        files = [each.name for each in archive if each.isfile()]
    assert files == [
        "bin/python",
        f"{site}/own_features/__init__.py",
        f"{info}/METADATA",
        f"{info}/RECORD",
        f"{info}/WHEEL",
        f"{info}/entry_points.txt",
    ]
    folder = unpack(built.path, tmp_path / "unpacked")
    record = (folder / info / "RECORD").read_text()
    assert "bin/" not in record
    assert str(tmp_path) not in record
    assert built.unpacked_bytes == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_it_starts_the_machines_python_with_its_packages_first_from_any_folder(recipe: Recipe, tmp_path: Path) -> None:
    folder = unpack(build_environment(recipe, tmp_path).path, tmp_path / "some where/else")
    stand_in = tmp_path / "bin/python3.11"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    stand_in.chmod(0o755)
    starter = folder / "bin/python"
    starter.write_text(starter.read_text().replace("/usr/bin/python3.11", "/nowhere/python3.11"))
    (stand_in.parent / "dirname").symlink_to(str(shutil.which("dirname")))
    environment = {"PATH": str(stand_in.parent), "PYTHONPATH": "/spark/python"}

    def start(*args: str) -> subprocess.CompletedProcess[str]:
        command = ["./bin/python", *args]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    said = start("-m", "a b")
    assert said.stdout == f"{folder}/lib/python3.11/site-packages:/spark/python -m a b\n"
    stand_in.unlink()
    bare = start()
    assert bare.returncode == 127
    assert bare.stderr == (
        "./bin/python: there is neither /nowhere/python3.11 nor python3.11 on the PATH: "
        "make spark-environment FORM=interpreter\n"
    )


def test_the_digest_is_another_when_anything_that_goes_in_is(recipe: Recipe, checkout: Path, tmp_path: Path) -> None:
    found = {
        recipe.digest,
        replace(recipe, form=Form.INTERPRETER).digest,
        replace(recipe, architecture=Architecture.X86_64).digest,
        replace(recipe, wheels=()).digest,
        replace(recipe, wheels=(write_wheel(tmp_path / "other", "own_features", requires="numpy"),)).digest,
    }
    (checkout / LOCK).write_text("numpy==2.2.6\n")
    assert len({*found, recipe.digest}) == 6


def test_a_wheel_for_other_machines_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / "x86", "own", tag="cp311-cp311-manylinux_2_28_x86_64")
    with pytest.raises(ToolError, match=r"own-1\.0-.*\.whl cannot be installed for aarch64-manylinux_2_28: "):
        build_environment(replace(recipe, wheels=(wheel,)), tmp_path)
    digest = replace(recipe, wheels=(wheel,)).digest
    assert list((tmp_path / "environments" / digest).iterdir()) == []


def test_a_wheel_whose_needs_are_not_met_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / "needy", "own", requires="shapely>=2")
    with pytest.raises(ToolError, match=r"^The environment would not work: own needs shapely, which is absent\. "):
        build_environment(replace(recipe, wheels=(wheel,)), tmp_path)


def test_a_folder_without_wheels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r" has no wheels\. It is to hold the \*\.whl files of your own packages: "):
        find_wheels(tmp_path)


def test_a_folder_that_is_no_python_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    wanted = replace(recipe, form=Form.INTERPRETER, interpreter=tmp_path)
    with pytest.raises(
        ToolError, match=r"is no Python 3\.11: expected bin/python3\.11 and lib/python3\.11/os\.py in it$"
    ):
        build_environment(wanted, tmp_path)


def test_an_interpreter_that_cannot_be_fetched_leaves_a_way_out(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = tmp_path / "uv"
    refusing.write_text('#!/bin/sh\necho "$@" >&2\nexit 1\n')
    refusing.chmod(0o755)
    monkeypatch.setattr(contents, "find_uv", lambda: refusing)
    with pytest.raises(ToolError) as refused:
        build_environment(replace(recipe, form=Form.INTERPRETER), tmp_path)
    message = str(refused.value)
    assert message.startswith("uv could not fetch cpython-3.11.14-linux-aarch64-gnu: python install --quiet --no-bin ")
    assert message.endswith(
        "give the folder of a relocatable Python (INTERPRETER=folder), or build FORM=packages, which needs none."
    )


def test_the_interpreter_says_nothing_of_where_it_was_installed(tmp_path: Path) -> None:
    library = tmp_path / "lib"
    library.mkdir()
    (library / "_sysconfigdata__linux_x.py").write_text(f"build_time_vars = {{'prefix': '{tmp_path}/cpython'}}\n")
    contents._forget(tmp_path / "cpython", library)
    assert (library / "_sysconfigdata__linux_x.py").read_text() == "build_time_vars = {'prefix': '/install'}\n"


def test_it_is_uploaded_once_to_where_steps_look_for_it(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"tar")
    assert upload_environment(s3, tmp_path / "a.tar.gz", "beef", Layout("s3://lake/p")) is True
    assert upload_environment(s3, tmp_path / "a.tar.gz", "beef", Layout("s3://lake/p")) is False
    assert s3.get_object(Bucket="lake", Key="p/environments/beef/environment.tar.gz")["Body"].read() == b"tar"
