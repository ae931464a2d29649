import subprocess
import sys
from pathlib import Path

import pytest

from penstock.deployment import FILE, Deployment
from tools.package.airflow import dags, plugins
from tools.settings import REPOSITORY

DEPLOYMENT = Deployment(
    name="dev",
    root="s3://lake",
    code_sha="c0ffee",
    packages_sha="beef",
    environment_sha="feed",
    region="eu-central-1",
    mlflow_tracking_uri="arn:aws:sagemaker:eu-central-1:123456789012:mlflow-tracking-server/dev",
    emr_service_role="penstock-emr",
    emr_instance_profile="penstock-nodes",
    glue_role="penstock-glue",
    glue_database="penstock",
)


def tracked(folder: str) -> set[str]:
    """What git has of a folder, as paths below it."""
    listed = subprocess.run(
        ["git", "ls-files", folder], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {path.removeprefix(f"{folder}/") for path in listed}


def test_the_dags_are_those_of_the_checkout_without_what_is_for_developers() -> None:
    found = dags(REPOSITORY)
    assert tracked("dags") - set(found) == {"ruff.toml", "workflow/prices/README.md"}
    assert {path.split("/")[0] for path in found} == {
        ".airflowignore",
        "specs",
        "workflow",
        *(path.name for path in (REPOSITORY / "dags").glob("*.py")),
    }


def test_the_plugins_hold_the_contract_and_no_library_counts_as_a_plugin() -> None:
    found = plugins(REPOSITORY)
    contract = {f"penstock/{path}" for path in tracked("penstock") if path.endswith(".py")}
    assert {path for path in found if path.startswith("penstock/")} == contract
    assert tracked("plugins") - set(found) == {"ruff.toml"}
    ignored = [line for line in found[".airflowignore"].decode().splitlines() if not line.startswith("#")]
    assert ignored == ["penstock_waits/", "penstock_ui/", "penstock/", "wheels/"]
    folders = {path.split("/")[0] for path in found if "/" in path}
    assert {f"{each}/" for each in folders} <= set(ignored)


def test_a_deployment_goes_along_and_new_code_makes_no_new_plugins() -> None:
    newer = Deployment.from_json(DEPLOYMENT.to_json().replace("c0ffee", "c0c0a"), "newer")
    assert Deployment.from_json(dags(REPOSITORY, newer)[FILE].decode(), FILE) == newer
    assert plugins(REPOSITORY, newer) == plugins(REPOSITORY, DEPLOYMENT)
    found = Deployment.from_json(plugins(REPOSITORY, DEPLOYMENT)[FILE].decode(), FILE)
    assert (found.root, found.code_sha, found.packages_sha, found.environment_sha) == ("s3://lake", "", "", "")
    assert FILE not in dags(REPOSITORY)
    assert FILE not in plugins(REPOSITORY)


@pytest.mark.parametrize("stray", ["__pycache__/x.cpython-312.py", "notes.txt", "deployment.json", ".env"])
def test_what_lies_about_in_a_checkout_stays_there(tmp_path: Path, stray: str) -> None:
    for path in ("one.py", stray):
        (tmp_path / "dags" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dags" / path).write_text("")
    assert set(dags(tmp_path)) == {"one.py"}


def test_the_contract_is_imported_from_the_plugins_on_the_standard_library_alone(tmp_path: Path) -> None:
    for path, content in plugins(REPOSITORY).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; import penstock.deployment as found; print(found.__file__)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path / "penstock/deployment.py")
