"""The model registry: MLflow, where the alias `champion` is the one thing that changes.

Idempotent on retry: a run's documents are hashed into a tag, and what carries that tag is found instead of made again.
The alias moves last and in one call, so that whatever happens before leaves the old champion whole.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

    from workflow.evidence import Evidence

CHAMPION = "champion"
IDENTITY = "penstock.documents"
RUN = "penstock.run"
SPLIT = "penstock.split"
CHECKS = "penstock.checks"
REPLACED = "penstock.replaced"
"""The version that was champion before this one: where a rollback goes."""
MODEL_FOLDER = "penstock.model"
"""Where the Spark model itself lies, inside the version's folder."""
HTTP_RETRIES = "3"
"""Of MLflow's own client, a few seconds: a longer outage is waited for by Airflow, which holds no slot for it."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A model and everything that is known about it."""

    name: str
    run: str
    """`<dag_id>/<run_id>`."""
    evidence: Evidence
    version_uri: str
    """The version's own folder, which no later run touches."""
    model_uri: str
    """The Spark model in it."""
    documents: dict[str, str]
    """Tag to location of the copies of the documents behind it."""

    @property
    def identity(self) -> str:
        """Equal documents, equal identity: a retry finds its version, a new training makes a new one."""
        return f"{self.run}:{self.evidence.digest}"


@dataclass(frozen=True, kw_only=True)
class Champion:
    """Where a champion's Spark model lies, which rows were held out, and the check of what it was trained on."""

    uri: str
    split: str
    checks: str = ""


def client(tracking_uri: str) -> MlflowClient:
    """A client of an MLflow server, or of a SageMaker managed one by its ARN.

    Imported late, because MLflow takes longer to import than a DAG file may take to parse. SageMaker's plugin reads the
    ARN from MLflow's global URI, and MLflow warns at each request that the plugin has no use for any other URI.
    """
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", HTTP_RETRIES)
    from mlflow import set_tracking_uri  # noqa: PLC0415
    from mlflow.tracking import MlflowClient  # noqa: PLC0415

    set_tracking_uri(tracking_uri)
    if not tracking_uri.startswith("arn:"):
        logging.getLogger("mlflow.tracking.request_header.registry").setLevel(logging.ERROR)
    return MlflowClient(tracking_uri=tracking_uri)


def find_champion(mlflow: MlflowClient, name: str) -> Champion | None:
    """The version that carries the alias; None if there is no champion yet."""
    number = champion_version(mlflow, name)
    if number is None:
        return None
    tags = mlflow.get_model_version(name, number).tags
    return Champion(uri=tags.get(MODEL_FOLDER, ""), split=tags.get(SPLIT, ""), checks=tags.get(CHECKS, ""))


def champion_version(mlflow: MlflowClient, name: str) -> str | None:
    """The number of the champion; None if there is none."""
    models = mlflow.search_registered_models(filter_string=f"name = '{name}'")
    number = models[0].aliases.get(CHAMPION) if models else None
    return str(number) if number else None


def register(mlflow: MlflowClient, registration: Registration) -> str:
    """Make the model a version with its parameters and metrics, then the champion; returns the version."""
    name = registration.name
    old = champion_version(mlflow, name)
    version = _find_version(mlflow, registration) or _create_version(mlflow, registration)
    number = str(version.version)
    if old not in (None, number):
        mlflow.set_model_version_tag(name, number, REPLACED, old)
    mlflow.set_registered_model_alias(name, CHAMPION, number)
    return number


def _find_version(mlflow: MlflowClient, registration: Registration) -> ModelVersion | None:
    query = f"name = '{registration.name}' and tags.`{IDENTITY}` = '{registration.identity}'"
    found = mlflow.search_model_versions(filter_string=query, max_results=1)
    return found[0] if found else None


def _create_version(mlflow: MlflowClient, registration: Registration) -> ModelVersion:
    name, evidence = registration.name, registration.evidence
    if not mlflow.search_registered_models(filter_string=f"name = '{name}'"):
        mlflow.create_registered_model(name)
    return mlflow.create_model_version(
        name,
        source=registration.version_uri,
        run_id=_log_run(mlflow, registration),
        tags={
            IDENTITY: registration.identity,
            RUN: registration.run,
            MODEL_FOLDER: registration.model_uri,
            "penstock.algorithm": evidence.algorithm,
            "penstock.code_sha": evidence.code_sha,
            "penstock.fingerprint": evidence.fingerprint,
            SPLIT: evidence.held_out,
            **registration.documents,
        },
    )


def _log_run(mlflow: MlflowClient, registration: Registration) -> str:
    """The id of the MLflow run with the model's parameters and metrics; logging the same values again is harmless."""
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - as above

    experiment = mlflow.get_experiment_by_name(registration.name)
    experiment_id = experiment.experiment_id if experiment else mlflow.create_experiment(registration.name)
    found = mlflow.search_runs([experiment_id], f"tags.`{IDENTITY}` = '{registration.identity}'", max_results=1)
    tags = {IDENTITY: registration.identity, RUN: registration.run}
    run = found[0] if found else mlflow.create_run(experiment_id, run_name=registration.run, tags=tags)
    mlflow.log_batch(
        run.info.run_id,
        metrics=[
            Metric(name, value, run.info.start_time, 0) for name, value in _metrics(registration.evidence).items()
        ],
        params=[Param(name, str(value)) for name, value in registration.evidence.params.items()],
    )
    mlflow.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def _metrics(evidence: Evidence) -> dict[str, float]:
    named = {**evidence.challenger, "training_seconds": evidence.seconds}
    for baseline, metrics in evidence.baselines.items():
        named |= {f"{baseline}.{name}": value for name, value in metrics.items()}
    return {name: value for name, value in named.items() if value is not None}
