"""The model registry: MLflow, where the alias `champion` is the one thing that changes.

Idempotent on retry: a run's documents are hashed into a tag, and what carries that tag is found instead of made again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

    from penstock.documents import Evaluation, TrainingReport

CHAMPION = "champion"
IDENTITY = "penstock.documents"
RUN = "penstock.run"
SPLIT = "penstock.split"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A model and everything that is known about it; URIs are where the documents lie."""

    name: str
    run: str
    """`<dag_id>/<run_id>`."""
    training: TrainingReport
    training_uri: str
    evaluation: Evaluation
    evaluation_uri: str
    model_uri: str
    """The model's own copy, which no later run touches."""

    @property
    def identity(self) -> str:
        """Equal documents, equal identity: a retry finds its version, a new training makes a new one."""
        return identity(self.run, self.training, self.evaluation)


def identity(run: str, training: TrainingReport, evaluation: Evaluation) -> str:
    """A hash of what is known about a model."""
    return hashlib.sha256((run + training.to_json() + evaluation.to_json()).encode()).hexdigest()


def client(tracking_uri: str) -> MlflowClient:
    """A client; imported late, because MLflow takes longer to import than a DAG file may take to parse."""
    from mlflow.tracking import MlflowClient  # noqa: PLC0415

    return MlflowClient(tracking_uri=tracking_uri)


@dataclass(frozen=True, kw_only=True)
class Champion:
    """Where a champion's Spark model lies, and which rows were held out when it was trained."""

    uri: str
    split: str


def find_champion(mlflow: MlflowClient, name: str) -> Champion | None:
    """The version that carries the alias; None if there is no champion yet."""
    models = mlflow.search_registered_models(filter_string=f"name = '{name}'")
    number = models[0].aliases.get(CHAMPION) if models else None
    if not number:
        return None
    version = mlflow.get_model_version(name, str(number))
    return Champion(uri=str(version.source), split=str(version.tags.get(SPLIT, "")))


def register(mlflow: MlflowClient, registration: Registration) -> str:
    """Make the model a version with its parameters and metrics, then the champion; returns the version."""
    version = _find_version(mlflow, registration) or _create_version(mlflow, registration)
    mlflow.set_registered_model_alias(registration.name, CHAMPION, version.version)
    return str(version.version)


def _find_version(mlflow: MlflowClient, registration: Registration) -> ModelVersion | None:
    query = f"name = '{registration.name}' and tags.`{IDENTITY}` = '{registration.identity}'"
    found = mlflow.search_model_versions(filter_string=query, max_results=1)
    return found[0] if found else None


def _create_version(mlflow: MlflowClient, registration: Registration) -> ModelVersion:
    name = registration.name
    if not mlflow.search_registered_models(filter_string=f"name = '{name}'"):
        mlflow.create_registered_model(name)
    return mlflow.create_model_version(
        name,
        source=registration.model_uri,
        run_id=_log_run(mlflow, registration),
        tags={
            IDENTITY: registration.identity,
            RUN: registration.run,
            "penstock.training": registration.training_uri,
            "penstock.evaluation": registration.evaluation_uri,
            "penstock.code_sha": registration.training.code_sha,
            "penstock.fingerprint": registration.training.fingerprint,
            SPLIT: registration.training.split,
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
        metrics=[Metric(name, value, run.info.start_time, 0) for name, value in _metrics(registration).items()],
        params=[Param(name, str(value)) for name, value in _params(registration.training).items()],
    )
    mlflow.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def _params(training: TrainingReport) -> dict[str, object]:
    return {
        **training.best,
        "objective": training.objective,
        "algorithm": training.algorithm,
        "split": training.split,
        "seed": training.seed,
        "train_rows": training.train_rows,
    }


def _metrics(registration: Registration) -> dict[str, float]:
    named = {**registration.evaluation.challenger, "training_seconds": registration.training.seconds}
    for baseline, metrics in registration.evaluation.baselines.items():
        named |= {f"{baseline}.{name}": value for name, value in metrics.items()}
    return {name: value for name, value in named.items() if value is not None}
