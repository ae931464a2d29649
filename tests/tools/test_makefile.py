import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools.home import prepare
from tools.settings import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text()


def test_make_alone_lists_every_target_with_its_comment() -> None:
    shown = subprocess.run(["make", "--no-print-directory"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    targets = set(phony.group(1).replace("\\", " ").split())
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", shown.stdout, re.MULTILINE))
    assert set(listed) == targets


def test_an_unsupported_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    too_new = tmp_path / "python"
    too_new.write_text('#!/bin/sh\n[ "$2" = --version ] && echo Python 3.13.0 && exit 0\nexit 1\n')
    too_new.chmod(0o755)
    script = REPOSITORY / "tools" / "find_python.sh"
    done = subprocess.run(["sh", str(script), str(too_new)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    first, *rest = done.stderr.splitlines()
    assert first == f"PYTHON={too_new} is Python 3.13.0; Penstock needs Python 3.11 or 3.12 with venv and ensurepip."
    assert "make PYTHON=/path/to/python3.12" in rest[-1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What `make clean` needs of a clone, with this environment as its local one."""
    for folder in ("tools", "penstock"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    local = tmp_path / ".venv" / "local"
    (local / "bin").mkdir(parents=True)
    (local / ".installed").touch()
    python = local / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def make_clean(clone: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PENSTOCK_HOME": str(home), "COLUMNS": "400"}
    return subprocess.run(["make", "clean"], cwd=clone, env=environment, capture_output=True, text=True, check=False)


def test_clean_deletes_no_folder_that_penstock_did_not_make(clone: Path) -> None:
    home = clone / "my documents"
    (home / "data").mkdir(parents=True)
    (clone / "my").mkdir()
    done = make_clean(clone, home)
    assert done.returncode != 0
    assert f"PENSTOCK_HOME={home} was not made by Penstock" in done.stdout
    assert (home / "data").exists()
    assert (clone / "my").exists()
    assert (clone / ".venv").exists()


def test_clean_deletes_a_home_and_the_environments_and_nothing_else(clone: Path) -> None:
    home = clone / "a home"
    prepare(home)
    (home / "logs").mkdir()
    (clone / "a").mkdir()
    (clone / ".venv" / "mine").mkdir()
    done = make_clean(clone, home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Deleted {home}" in done.stdout
    assert not home.exists()
    assert (clone / "a").exists()
    assert [each.name for each in (clone / ".venv").iterdir()] == ["mine"]
    assert "Kept .venv: it holds more than Penstock put there." in done.stdout


@pytest.fixture
def installed(clone: Path) -> Path:
    """A clone whose local environment is there and up to date, and no other."""
    shutil.copytree(REPOSITORY / "requirements", clone / "requirements")
    (clone / ".venv" / "uv").mkdir()
    for name in ("uv", "local"):
        (clone / ".venv" / name / ".installed").touch()
    return clone


def test_run_alone_lists_the_workflows_without_the_environments_of_a_run(installed: Path) -> None:
    environment = {**os.environ, "PENSTOCK_DAGS": str(REPOSITORY / "dags"), "COLUMNS": "400"}
    done = subprocess.run(["make", "run"], cwd=installed, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.rstrip().endswith(".")]
    assert listed == sorted(path.stem for path in (REPOSITORY / "dags").glob("*.py"))
    assert not (installed / ".venv" / "spark").exists()


def test_run_passes_the_workflow_and_each_parameter_on(installed: Path) -> None:
    command = ["make", "--no-print-directory", "-n", "run", "WORKFLOW=topics", "SET=gate_mode=approval resamples=50"]
    done = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=True)
    expected = '-m tools run "topics" --set "gate_mode=approval" --set "resamples=50"'
    assert done.stdout.splitlines()[-1].partition("python ")[2] == expected


def test_a_busy_port_of_the_local_aws_alone_names_the_variable_that_make_reads(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        environment = {**os.environ, "PENSTOCK_HOME": str(clone / "a home"), "PENSTOCK_S3_PORT": port}
        command = [sys.executable, "-m", "tools", "local-aws"]
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"Port {port} is in use by process {os.getpid()}" in " ".join(done.stdout.split())
    assert "set PENSTOCK_S3_PORT to a free port" in " ".join(done.stdout.split())
