"""The parts of a recommender's workflow that know its spec: one function per task or group of tasks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import Asset

from penstock.jobs import BundleArgs, CleanRatingsArgs, ComparedRows, EvaluateArgs, ScoreArgs, TrainArgs
from workflow import catalog, champions
from workflow.champions import champion_of
from workflow.checking.tasks import check_data
from workflow.compute.choice import run_job
from workflow.form import param
from workflow.glue import run_glue_job, wait_for_files
from workflow.models import Contender, Sources, contend
from workflow.publishing.tasks import deploy, version_of
from workflow.recommender.flow import CLEAN
from workflow.tables.tasks import load_recommendations

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
    from airflow.sdk import XComArg

    from workflow.operators.glue import GlueRunOperator
    from workflow.operators.serverless import SparkJobRunOperator
    from workflow.operators.step import SparkStepOperator
    from workflow.publishing.tasks import Deployed
    from workflow.recommender.flow import RecommenderFlow

RATINGS, MOVIES, HISTORIES = "ratings", "movies", "histories"
UNLESS_REFUSED = "none_failed_min_one_success"
"""After the promotion and the canary: the promotion must have succeeded, the canary may have nobody to ask."""
COMPARED = ("item_id", "rating")
"""Columns of ratings whose distribution is compared; users and times are others in every run that goes on."""


def wait_for_ratings(flow: RecommenderFlow) -> S3KeySensor:
    """Until both raw files have arrived."""
    return wait_for_files(flow, "wait_for_ratings", raw_files())


def clean_ratings(flow: RecommenderFlow) -> GlueRunOperator:
    """Good rows to Parquet, bad rows to quarantine, everything counted."""
    return run_glue_job(flow, CLEAN, clean_args(flow))


def check_ratings(flow: RecommenderFlow) -> GlueRunOperator:
    """Ratings as the spec expects them, compared with those that the champion learnt from; before any cluster."""
    return check_data(flow, RATINGS, list(COMPARED), compared_rows=ComparedRows.ALL.value)


def catalogue_tables(flow: RecommenderFlow) -> XComArg:
    """Clean tables into the Data Catalog."""
    return catalog.clean_tables(flow, Asset(f"{flow.dag_id}.clean_ratings"))


def catalogue_scores(flow: RecommenderFlow) -> XComArg:
    """The top-k table into the Data Catalog."""
    asset = Asset(f"{flow.dag_id}.scores")
    report_uri = flow.run.score_report(flow.spec.scoring.model)
    return catalog.catalogue_scores.override(outlets=[asset], trigger_rule=UNLESS_REFUSED)(
        report_uri=report_uri, database=flow.deployment.glue_database, aws=flow.aws, asset=asset
    )


def find_champions(flow: RecommenderFlow) -> XComArg:
    """The models to beat."""
    return champions.find_champions(flow, list(flow.spec.models), held_out=flow.held_out)


def train_and_judge(flow: RecommenderFlow, model: str) -> Contender:
    """Train, evaluate, gate, approve, promote: the group of one model of the spec."""
    thresholds = flow.spec.models[model].thresholds
    train, judge = train_args(flow, model), evaluate_args(flow, model)
    return contend(flow, sources(flow, model), thresholds, train=train, judge=judge)


def score_users(flow: RecommenderFlow) -> SparkStepOperator | SparkJobRunOperator:
    """The top k for every user, by the model that has just passed its gate."""
    model, minutes = flow.spec.scoring.model, flow.spec.timeouts.score
    return run_job(flow, "score_users", score_args(flow), label=model, minutes=minutes)


def load_scores(flow: RecommenderFlow) -> XComArg:
    """The top-k table into the application's database."""
    table, model = flow.spec.tables.recommendations, flow.spec.scoring.model
    minutes = timedelta(minutes=flow.spec.timeouts.load)
    return load_recommendations.override(execution_timeout=minutes, trigger_rule=UNLESS_REFUSED)(
        connection_id=flow.deployment.sql_conn_id,
        table=table,
        run_id="{{ run_id }}",
        report_uri=flow.run.score_report(model),
        version=version_of(model),
        aws=flow.aws,
    )


def bundle_model(flow: RecommenderFlow) -> SparkStepOperator | SparkJobRunOperator:
    """What services load of the model that has just passed its gate, written where its version's bundle belongs."""
    model, minutes = flow.spec.scoring.model, flow.spec.timeouts.bundle
    return run_job(flow, "bundle_model", bundle_args(flow), label=model, minutes=minutes)


def deploy_model(flow: RecommenderFlow, chosen: Contender) -> Deployed:
    """The new champion on every service, or the old one again."""
    return deploy(flow, chosen)


def sources(flow: RecommenderFlow, model: str) -> Sources:
    """Where the documents of a model lie."""
    return Sources(
        model=model,
        trained=flow.run.training_report(model),
        judged=flow.run.evaluation(model),
        verdict=flow.run.verdict(model),
        approval=flow.run.approval(model),
        checks=flow.run.checks_report,
    )


def raw_files() -> tuple[str, str]:
    """Templates of the locations of ratings and movies."""
    folder, suffix = param("raw_uri"), param("source_format")
    return f"{folder}/ratings.{suffix}", f"{folder}/movies.{suffix}"


def clean_args(flow: RecommenderFlow) -> CleanRatingsArgs:
    """The ETL's arguments, as templates."""
    ratings_uri, movies_uri = raw_files()
    return CleanRatingsArgs(
        ratings_uri=ratings_uri,
        movies_uri=movies_uri,
        format=param("source_format"),
        clean_uri=flow.run.clean,
        quarantine_uri=flow.run.quarantine,
        report_uri=flow.run.data_report,
        max_bad_ratio=param("max_bad_ratio"),
        code_sha=flow.deployment.code_sha,
    )


def train_args(flow: RecommenderFlow, model: str) -> TrainArgs:
    """The training job's arguments, as templates."""
    values = flow.spec.models[model]
    return TrainArgs(
        ratings_uri=flow.run.checked(RATINGS),
        model_uri=flow.run.model(model),
        report_uri=flow.run.training_report(model),
        objective=values.objective.value,
        grid=values.grid.to_json(),
        engine=values.engine.value,
        engine_memory_gb=values.engine_memory_gb,
        k=values.k,
        relevance_threshold=values.relevance_threshold,
        code_sha=flow.deployment.code_sha,
        **flow.split,
    )


def evaluate_args(flow: RecommenderFlow, model: str) -> EvaluateArgs:
    """The evaluation job's arguments, as templates."""
    values = flow.spec.models[model]
    return EvaluateArgs(
        ratings_uri=flow.run.checked(RATINGS),
        model_uri=flow.run.model(model),
        champion_model_uri=champion_of(model, "uri"),
        report_uri=flow.run.evaluation(model),
        objective=values.objective.value,
        k=values.k,
        relevance_threshold=values.relevance_threshold,
        movies_uri=flow.run.table(MOVIES),
        code_sha=flow.deployment.code_sha,
        **flow.split,
    )


def score_args(flow: RecommenderFlow) -> ScoreArgs:
    """The scoring job's arguments, as templates."""
    scoring = flow.spec.scoring
    model = scoring.model
    return ScoreArgs(
        ratings_uri=flow.run.checked(RATINGS),
        model_uri=flow.run.model(model),
        scores_uri=flow.run.scores(model),
        report_uri=flow.run.score_report(model),
        k=param("top_k"),
        seen_items=param("seen_items"),
        histories_uri=flow.run.table(HISTORIES),
        movies_uri=flow.run.table(MOVIES),
        genres=json.dumps(scoring.genres),
        available_uri=scoring.available_uri,
        code_sha=flow.deployment.code_sha,
    )


def bundle_args(flow: RecommenderFlow) -> BundleArgs:
    """The bundle job's arguments, as templates."""
    model = flow.spec.scoring.model
    return BundleArgs(
        model_uri=flow.run.model(model),
        training_uri=flow.run.training_report(model),
        ratings_uri=flow.run.checked(RATINGS),
        histories_uri=flow.run.table(HISTORIES),
        movies_uri=flow.run.table(MOVIES),
        bundle_uri=flow.deployment.layout.bundle(model, version_of(model)),
        report_uri=flow.run.bundle_report(model),
        model=model,
        version=version_of(model),
        dag_id=flow.dag_id,
        run_id="{{ run_id }}",
        code_sha=flow.deployment.code_sha,
    )
