import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from penstock.jobs import ALL_JOBS
from penstock.layout import LAUNCHER, Code
from tools.bundle import BESIDE, PACKAGES, build_bundle, upload
from tools.settings import REPOSITORY

CODE = Code("s3://lake/code/abc")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for package in (*PACKAGES, *BESIDE):
        shutil.copytree(REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_equal_code_gives_equal_bytes_wherever_and_whenever_it_lies(checkout: Path) -> None:
    for path in checkout.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o600)
    (checkout / "spark_jobs" / "__pycache__").mkdir()
    (checkout / "spark_jobs" / "__pycache__" / "stray.py").write_text("")
    here, there = build_bundle(REPOSITORY), build_bundle(checkout)
    assert here.files == there.files
    assert here.sha == there.sha


def test_one_changed_character_changes_the_address(checkout: Path) -> None:
    before = build_bundle(checkout).sha
    script = checkout / ALL_JOBS[0].script
    script.write_text(script.read_text() + "#")
    assert build_bundle(checkout).sha != before


def test_the_zip_is_sorted_and_carries_no_time_and_no_special_permissions() -> None:
    entries = zipfile.ZipFile(BytesIO(build_bundle(REPOSITORY).jobs_zip)).infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {(each.date_time, each.external_attr >> 16) for each in entries} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_scripts_notebooks_and_bootstrap_actions_lie_beside_the_zip(s3: Any) -> None:
    built = build_bundle(REPOSITORY)
    assert upload(s3, built, CODE)
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket="lake")["Contents"]}
    beside = ("jobs.zip", "notebooks/explore_run.ipynb", "bootstrap/environment.sh", "bootstrap/packages.sh")
    assert keys == {f"code/abc/{path}" for path in (*beside, LAUNCHER, *(job.script for job in ALL_JOBS))}
    assert s3.get_object(Bucket="lake", Key="code/abc/jobs.zip")["Body"].read() == built.jobs_zip


def test_what_is_there_is_not_uploaded_again(s3: Any) -> None:
    built = build_bundle(REPOSITORY)
    s3.put_object(Bucket="lake", Key="code/abc/jobs.zip.partial", Body=b"")
    assert upload(s3, built, CODE)
    assert not upload(s3, built, CODE)


def test_the_bootstrap_action_installs_what_its_arguments_name_and_nothing_without(tmp_path: Path) -> None:
    """By a `sudo` that writes down what it is told."""
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n')
    sudo.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    action = ["sh", str(REPOSITORY / "bootstrap" / "packages.sh")]
    empty = subprocess.run(action, env=environment, capture_output=True, text=True, check=False)
    assert (empty.returncode, (tmp_path / "told").exists()) == (2, False)
    assert empty.stderr.startswith("packages.sh: no packages; name them in the action's args")
    subprocess.run([*action, "implicit==0.7.3", "scipy"], env=environment, check=True)
    assert (tmp_path / "told").read_text() == "/usr/bin/python3.11 -m pip install --no-input implicit==0.7.3 scipy\n"
