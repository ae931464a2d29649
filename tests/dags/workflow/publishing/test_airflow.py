"""A deployment in a real Airflow with a real registry and real services: one that stays, one that is taken back."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.deployment import VARIABLE, Deployment
from tests.dags.workflow.publishing.conftest import MODEL, Deploy
from tests.dags.workflow.publishing.service import Service

REPOSITORY = Path(__file__).parents[4]
BEFORE, TASKS = "s3://bucket/elsewhere/v0", ("find_served", "reload_services", "try_canary")
BACK = ("restore_services", "restore_champion")


def recommend(user: int, n: int, version: str) -> dict[str, Any]:
    """Sound in version 1; in version 2 one list for all."""
    who = user if version == "v1" else 7
    items = [{"item_id": 100 * who + rank, "score": 1 - rank / 8, "seen": False} for rank in range(1, n + 1)]
    return {"user_id": user, "model_version": version, "reason": "personal", "items": items}


@pytest.mark.timeout(600)
def test_a_version_that_talks_nonsense_is_taken_back_everywhere(
    deploy: Deploy, aws: dict[str, Any], tracking_uri: str, tmp_path: Path
) -> None:
    S3Hook(**aws).create_bucket("bucket")
    served = deploy(*(Service(version="v0", bundle_uri=BEFORE, recommend=recommend) for _ in range(2)))
    answer = _run(tmp_path, tracking_uri, aws["region_name"])

    stays, goes_back = answer
    assert {each: stays["states"][f"deploy.{each}"] for each in (*TASKS, *BACK)} == {
        **dict.fromkeys(TASKS, "success"),
        **dict.fromkeys(BACK, "skipped"),
    }
    assert (stays["state"], stays["states"]["publish"], stays["champion"]) == ("success", "success", "1")

    assert {each: goes_back["states"][f"deploy.{each}"] for each in (*TASKS, *BACK)} == {
        **dict.fromkeys(TASKS, "success"),
        "try_canary": "failed",
        **dict.fromkeys(BACK, "success"),
    }
    assert (goes_back["state"], goes_back["states"]["publish"], goes_back["champion"]) == (
        "failed",
        "upstream_failed",
        "1",
    )
    bundles = [f"s3://bucket/prefix/bundles/{MODEL}/v{version}" for version in (1, 2, 1)]
    assert [[each["bundle_uri"] for each in service.reloads] for service in served] == [bundles, bundles]
    assert [each.version for each in served] == ["v1", "v1"]


def _run(folder: Path, tracking_uri: str, region: str) -> list[dict[str, Any]]:
    """The program's answer; the deployment is the one of the services, with this registry."""
    named = Deployment.from_json(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"), VARIABLE)
    file, answer = folder / "whole.json", folder / "answer.json"
    whole = replace(named, mlflow_tracking_uri=tracking_uri, region=region, poll_seconds=1)
    file.write_text(whole.to_json(), encoding="utf-8")
    environment = os.environ | {
        VARIABLE: str(file),
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).parent),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
        "AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE": "False",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'dags'}:{REPOSITORY / 'plugins'}",
    }
    for command in (
        ["-m", "airflow", "db", "migrate"],
        [str(Path(__file__).with_name("publishing_dag.py")), str(answer)],
    ):
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    found: list[dict[str, Any]] = json.loads(answer.read_text())
    return found
