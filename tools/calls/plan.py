"""Which runs are recorded: every workflow, each way of computing, a failing step, a rollback, the service."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

SHARED = {"name": "analytics", "tags": {"team": "data-science"}}
COMPUTE: dict[str, dict[str, Any]] = {
    "customer_segments": {"serverless": {"release_label": "emr-7.13.0", "max_vcpu": 16, "max_memory_gb": 64}},
    "topics": {"existing_cluster": SHARED},
}
"""Instead of a cluster for each run."""
SHARED_CLUSTER = {
    "Name": SHARED["name"],
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
    "JobFlowRole": "penstock-emr-ec2",
    "ServiceRole": "penstock-emr",
    "Tags": [{"Key": "team", "Value": "data-science"}, {"Key": "penstock:deployment", "Value": "local"}],
}
"""A long-running cluster of somebody's own, with the tag that infra/README.md asks for."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One run to record. `{run}` in a parameter is the last run of `after`."""

    workflow: str
    params: dict[str, str] = field(default_factory=dict)
    after: str = ""
    crash: str = ""
    """The name of a step that fails once, so that Airflow reads its log and tries again."""
    ages: tuple[str, ...] = ()
    """Folders below the bucket whose objects are made months old before the run, so that housekeeping finds some."""


PLAN = (
    Recorded(workflow="movie_recommender"),
    Recorded(workflow="batch_prediction"),
    Recorded(workflow="event_counts", crash="*"),
    Recorded(workflow="customer_segments", ages=("runs/movie_recommender", "logs")),
    Recorded(workflow="housekeeping", params={"retention": "now", "runs_days": "30", "logs_days": "30"}),
    Recorded(workflow="conversion_model"),
    Recorded(workflow="conversion_model"),
    Recorded(workflow="rollback_model", params={"model": "conversion_model"}),
    Recorded(workflow="explore_run", params={"run": "{run}"}, after="conversion_model"),
    Recorded(workflow="topics"),
    Recorded(workflow="income_classifier"),
)


def copy_workflows(folder: Path) -> Path:
    """The shipped DAGs, with the ways of computing that the plan is about and without a schedule."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(REPOSITORY / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / "specs").glob("*.yaml"):
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem in COMPUTE:
            values = {key: value for key, value in values.items() if key != "cluster"} | COMPUTE[path.stem]
        if values.get("schedule"):
            values["schedule"] = None
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return folder
