"""The parts of a recommender's workflow that know its spec: one function per task or group of tasks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, TaskGroup, chain

from penstock.jobs import EvaluateArgs, ScoreArgs, TrainArgs
from workflow import catalog, promotion
from workflow.compute.choice import run_job
from workflow.params import param

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from workflow.flow import Flow
    from workflow.operators.serverless import SparkJobRunOperator
    from workflow.operators.step import SparkStepOperator

RATINGS = "ratings"


def catalogue_tables(flow: Flow) -> XComArg:
    """Clean tables into the Data Catalog."""
    asset = Asset(f"{flow.dag_id}.clean_ratings")
    return catalog.catalogue_tables.override(outlets=[asset])(
        report_uri=flow.run.data_report, database=flow.deployment.glue_database, aws=flow.aws, asset=asset
    )


def catalogue_scores(flow: Flow) -> XComArg:
    """The top-k table into the Data Catalog."""
    asset = Asset(f"{flow.dag_id}.scores")
    report_uri = flow.run.score_report(flow.spec.scoring.model)
    return catalog.catalogue_scores.override(outlets=[asset])(
        report_uri=report_uri, database=flow.deployment.glue_database, aws=flow.aws, asset=asset
    )


def find_champions(flow: Flow) -> XComArg:
    """The models to beat."""
    return promotion.find_champions(models=list(flow.spec.models), tracking_uri=flow.deployment.mlflow_tracking_uri)


def train_and_judge(flow: Flow, model: str) -> TaskGroup:
    """Train, evaluate, gate, promote: the group of one model of the spec."""
    timeouts = flow.spec.timeouts
    with TaskGroup(model) as group:
        chain(
            run_job(flow, "train_model", train_args(flow, model), label=model, minutes=timeouts.train),
            run_job(flow, "evaluate_model", evaluate_args(flow, model), label=model, minutes=timeouts.evaluate),
            _gate(flow, model),
            _promote(flow, model),
        )
    return group


def score_users(flow: Flow) -> SparkStepOperator | SparkJobRunOperator:
    """The top k for every user, by the model just promoted."""
    model, minutes = flow.spec.scoring.model, flow.spec.timeouts.score
    return run_job(flow, "score_users", score_args(flow), label=model, minutes=minutes)


def train_args(flow: Flow, model: str) -> TrainArgs:
    """The training job's arguments, as templates."""
    values = flow.spec.models[model]
    return TrainArgs(
        ratings_uri=flow.run.table(RATINGS),
        model_uri=flow.run.model(model),
        report_uri=flow.run.training_report(model),
        objective=values.objective.value,
        grid=values.grid.to_json(),
        k=values.k,
        relevance_threshold=values.relevance_threshold,
        code_sha=flow.deployment.code_sha,
        **_split(),
    )


def evaluate_args(flow: Flow, model: str) -> EvaluateArgs:
    """The evaluation job's arguments, as templates."""
    values = flow.spec.models[model]
    return EvaluateArgs(
        ratings_uri=flow.run.table(RATINGS),
        model_uri=flow.run.model(model),
        champion_model_uri=promotion.champion_of(model, "uri"),
        report_uri=flow.run.evaluation(model),
        objective=values.objective.value,
        k=values.k,
        relevance_threshold=values.relevance_threshold,
        code_sha=flow.deployment.code_sha,
        **_split(),
    )


def score_args(flow: Flow) -> ScoreArgs:
    """The scoring job's arguments, as templates."""
    model = flow.spec.scoring.model
    return ScoreArgs(
        ratings_uri=flow.run.table(RATINGS),
        model_uri=flow.run.model(model),
        scores_uri=flow.run.scores(model),
        report_uri=flow.run.score_report(model),
        k=param("top_k"),
        seen_items=param("seen_items"),
        code_sha=flow.deployment.code_sha,
    )


def _split() -> dict[str, Any]:
    return {name: param(name) for name in ("split_method", "test_fraction", "validation_fraction", "seed")}


def _gate(flow: Flow, model: str) -> XComArg:
    return promotion.gate(
        evaluation_uri=flow.run.evaluation(model),
        verdict_uri=flow.run.verdict(model),
        incomparable=promotion.champion_of(model, "incomparable"),
        mode=param("gate_mode"),
        thresholds=[asdict(rule.threshold()) for rule in flow.spec.models[model].gate],
        aws=flow.aws,
    )


def _promote(flow: Flow, model: str) -> XComArg:
    asset = Asset(f"{flow.dag_id}.model.{model}")
    return promotion.promote_model.override(outlets=[asset])(
        model=model,
        run=f"{flow.dag_id}/{{{{ run_id }}}}",
        training_uri=flow.run.training_report(model),
        evaluation_uri=flow.run.evaluation(model),
        models_uri=flow.deployment.layout.models(model),
        tracking_uri=flow.deployment.mlflow_tracking_uri,
        aws=flow.aws,
        asset=asset,
    )
