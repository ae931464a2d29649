"""What a release of a checkout gets beside its own files: the archive of the packages of Spark's jobs."""

import tarfile
from pathlib import Path
from typing import get_args

import pytest

from tests.tools.environment.conftest import write_wheel
from tools.deploy.contents import spark_environment
from tools.deploy.environment import Environment
from tools.environment.build import read_environment
from tools.environment.recipe import LOCK, Form
from tools.errors import ToolError


def environment(**fields: object) -> Environment:
    return Environment(name="dev", region="us-east-1", **fields)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Its lock is empty, so that nothing is asked of an index; it has a wheel of its own."""
    folder = tmp_path / "checkout"
    (folder / LOCK).parent.mkdir(parents=True)
    (folder / LOCK).write_text("# nothing\n")
    write_wheel(folder / "wheels", "own_features")
    return folder


def test_none_is_made_where_the_file_wants_none(checkout: Path, tmp_path: Path) -> None:
    assert spark_environment(environment(spark_environment="none"), tmp_path / "home", checkout) is None
    assert not (tmp_path / "home").exists()


def test_every_form_can_be_chosen() -> None:
    assert get_args(Environment.model_fields["spark_environment"].annotation) == (*Form, "none")


def test_it_is_made_once_for_the_clusters_machines_with_the_wheels_of_the_checkout(
    checkout: Path, tmp_path: Path
) -> None:
    wanted, home = environment(architecture="x86_64", spark_wheels="wheels"), tmp_path / "home"
    archive = spark_environment(wanted, home, checkout)
    assert archive is not None
    with tarfile.open(archive) as packed:
        assert "lib/python3.11/site-packages/own_features/__init__.py" in packed.getnames()
    built = read_environment(archive.parent)
    assert (built.form, built.architecture, built.packages) == ("packages", "X86_64", {"own-features": "1.0"})
    made = archive.stat().st_mtime_ns
    assert spark_environment(wanted, home, checkout) == archive
    assert archive.stat().st_mtime_ns == made
    (checkout / LOCK).write_text("# nothing still\n")
    assert spark_environment(wanted, home, checkout) != archive


def test_a_folder_without_wheels_is_named(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=rf"^{checkout}/none has no wheels\. "):
        spark_environment(environment(spark_wheels="none"), tmp_path / "home", checkout)
