"""The registered models as the page shows them: what a user may see of them, read within seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from mlflow.entities.model_registry import ModelVersion, RegisteredModel
    from mlflow.tracking import MlflowClient

CHAMPION = "champion"
RUN = "penstock.run"
MODELS, VERSIONS = 100, 50
"""How many are shown at most, the newest versions first."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version and the run that made it."""

    number: str
    created: datetime
    champion: bool
    dag_id: str
    run_id: str
    metrics: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A registered model; its versions are the newest first."""

    name: str
    versions: list[Version]

    @property
    def champion(self) -> Version | None:
        """The version that scores and serves."""
        return next((each for each in self.versions if each.champion), None)

    @property
    def metrics(self) -> list[str]:
        """What was measured: baselines' metrics and times are not the model's."""
        names = dict.fromkeys(name for each in self.versions for name in each.metrics)
        return [name for name in names if "." not in name and not name.endswith("_seconds")]


def client(tracking_uri: str) -> MlflowClient:
    """A client, which has not asked anything yet; imported late, because it takes seconds and few processes need it."""
    from mlflow.tracking import MlflowClient  # noqa: PLC0415 - as above

    return MlflowClient(tracking_uri=tracking_uri)


def read_models(mlflow: MlflowClient, readable: AbstractSet[str]) -> list[Model]:
    """Every model with a version that a run of a readable DAG has registered; raises MlflowException."""
    found = [_model(mlflow, each, readable) for each in mlflow.search_registered_models(max_results=MODELS)]
    return sorted((each for each in found if each.versions), key=lambda model: model.name)


def _model(mlflow: MlflowClient, registered: RegisteredModel, readable: AbstractSet[str]) -> Model:
    name = registered.name
    newest = mlflow.search_model_versions(f"name = '{name}'", max_results=VERSIONS, order_by=["version_number DESC"])
    champion = str(registered.aliases.get(CHAMPION, ""))
    if champion and champion not in {str(each.version) for each in newest}:
        newest.append(mlflow.get_model_version(name, champion))
    shown = [each for each in newest if _run(each)[0] in readable]
    metrics = _metrics(mlflow, name) if shown else {}
    return Model(name=name, versions=[_version(each, champion, metrics.get(str(each.run_id), {})) for each in shown])


def _version(found: ModelVersion, champion: str, metrics: dict[str, float]) -> Version:
    dag_id, run_id = _run(found)
    return Version(
        number=str(found.version),
        created=datetime.fromtimestamp(found.creation_timestamp / 1000, UTC),
        champion=str(found.version) == champion,
        dag_id=dag_id,
        run_id=run_id,
        metrics=metrics,
    )


def _run(version: ModelVersion) -> tuple[str, str]:
    dag_id, _, run_id = str(version.tags.get(RUN, "")).partition("/")
    return dag_id, run_id


def _metrics(mlflow: MlflowClient, model: str) -> dict[str, dict[str, float]]:
    """By MLflow's run ids; in one call, because a version has only its run's id."""
    experiment = mlflow.get_experiment_by_name(model)
    if experiment is None:
        return {}
    runs = mlflow.search_runs([experiment.experiment_id], max_results=4 * VERSIONS)
    return {each.info.run_id: dict(each.data.metrics) for each in runs}
