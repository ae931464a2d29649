"""Airflow's home as MWAA lays it out, by an interpreter that knows nothing but the packages of MWAA's image."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.package.conftest import MWAA_PYTHON
from tests.package.rehearsal import unpack
from tools.package import Packages
from tools.settings import REPOSITORY

SCHEDULER = """
import json, os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # pathspec's, by Airflow
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag
dags = Path(os.environ["AIRFLOW_HOME"], "dags")
bag = BundleDagBag(dags, bundle_path=dags, bundle_name="dags-folder")
import penstock, penstock_waits.trigger, workflow
from penstock.deployment import Deployment
print(json.dumps({
    "errors": {Path(path).name: text for path, text in bag.import_errors.items()},
    "dags": sorted(bag.dags),
    "penstock": penstock.__file__,
    "waits": penstock_waits.trigger.__file__,
    "workflow": workflow.__file__,
    "code": Deployment.load().code_sha,
}))
"""
WEB_SERVER = """
import json
from airflow import plugins_manager
from airflow.plugins_manager import get_import_errors
errors = get_import_errors()
from airflow.plugins_manager import get_fastapi_plugins
apps = [each["name"] for each in get_fastapi_plugins()[0]]
from penstock_ui.app import create_app
app = create_app()
import penstock
from penstock.deployment import Deployment
found = Deployment.load()
print(json.dumps({
    "errors": errors,
    "apps": apps,
    "penstock": penstock.__file__,
    "root": found.root,
    "code": found.code_sha,
}))
"""


@pytest.fixture
def home(packages: Packages, tmp_path: Path) -> Path:
    unpack(packages.plugins_zip.path, tmp_path / "plugins")
    return tmp_path


def run(home: Path, code: str) -> dict[str, object]:
    environment = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [MWAA_PYTHON, "-I", "-c", code],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_scheduler_finds_every_workflow_and_the_plugins_and_the_deployment(home: Path, packages: Packages) -> None:
    unpack(packages.dags_zip.path, home / "dags")
    assert run(home, SCHEDULER) == {
        "errors": {},
        "dags": sorted(path.stem for path in (REPOSITORY / "dags").glob("*.py")),
        "penstock": f"{home}/plugins/penstock/__init__.py",
        "waits": f"{home}/plugins/penstock_waits/trigger.py",
        "workflow": f"{home}/dags/workflow/__init__.py",
        "code": "c0ffee",
    }


def test_a_web_server_shows_the_pages_with_the_plugins_alone(home: Path) -> None:
    assert run(home, WEB_SERVER) == {
        "errors": {},
        "apps": ["Penstock"],
        "penstock": f"{home}/plugins/penstock/__init__.py",
        "root": "s3://lake",
        "code": "",
    }
