"""The tasks of a workflow that learns from a table by recipes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow.sdk import Asset, chain

from penstock.jobs import AssessArgs, FitArgs
from workflow import catalog, champions
from workflow.champions import champion_of
from workflow.checking.tasks import check_data
from workflow.compute.choice import on_compute
from workflow.form import param
from workflow.glue import run_glue_job, wait_for_files
from workflow.learner.flow import CLEAN
from workflow.models import Contender, Sources, contend, report

if TYPE_CHECKING:
    from penstock.jobs import ReportingArgs
    from workflow.learner.flow import LearnerFlow


def learn(flow: LearnerFlow) -> None:
    """All of it: wait, clean, check, fit and judge every model side by side, gate, promote; the cluster ends."""
    waited = wait_for_files(flow, "wait_for_data", [*raw_files(flow).values()])
    cleaned = run_glue_job(flow, CLEAN, clean_args(flow))
    rows = flow.spec.holdout.arguments()
    checked = check_data(flow, flow.etl.table, learnt_columns(flow), **rows)
    found = champions.find_champions(flow, list(flow.spec.models), held_out=flow.spec.holdout.describe())
    catalogued = catalog.clean_tables(flow, Asset(f"{flow.dag_id}.{flow.etl.table}"))
    models = [fit_and_judge(flow, model) for model in flow.spec.models]

    chain(waited, cleaned, [catalogued, found], checked)
    judged = [each.judges for each in models]
    measured = on_compute(flow, after=[checked], first=[each.trains for each in models], last=judged)
    report(flow, after=[*measured, *(end for each in models for end in each.ends)])


def fit_and_judge(flow: LearnerFlow, model: str) -> Contender:
    """Fit, assess, gate, approve, promote: the group of one model of the spec."""
    thresholds = flow.spec.models[model].thresholds
    train, judge = fit_args(flow, model), assess_args(flow, model)
    return contend(flow, sources(flow, model), thresholds, train=train, judge=judge)


def sources(flow: LearnerFlow, model: str) -> Sources:
    """Where the documents of a model lie."""
    return Sources(
        model=model,
        trained=flow.run.fit_report(model),
        judged=flow.run.assessment(model),
        verdict=flow.run.verdict(model),
        approval=flow.run.approval(model),
        checks=flow.run.checks_report,
    )


def raw_files(flow: LearnerFlow) -> dict[str, str]:
    """Templates of the locations of the raw files, by the names that the ETL gives them."""
    return {name: f"{param('raw_uri')}/{file}" for name, file in flow.spec.source.files.items()}


def clean_args(flow: LearnerFlow) -> ReportingArgs:
    """The ETL's arguments, as templates."""
    options = {
        "clean_uri": flow.run.clean,
        "quarantine_uri": flow.run.quarantine,
        "report_uri": flow.run.data_report,
        "max_bad_ratio": param("max_bad_ratio"),
        "code_sha": flow.deployment.code_sha,
    }
    return flow.etl.arguments(raw_files(flow), options)


def learnt_columns(flow: LearnerFlow) -> list[str]:
    """The columns that any model learns from or predicts, in the order of the table."""
    recipes = [each.recipe for each in flow.spec.models.values()]
    wanted = {name for recipe in recipes for names in recipe.columns.values() for name in names}
    wanted |= {recipe.label.column for recipe in recipes if recipe.label}
    return [name for name in flow.etl.schema if name in wanted]


def fit_args(flow: LearnerFlow, model: str) -> FitArgs:
    """The training job's arguments, as templates."""
    return FitArgs(
        table_uri=flow.run.checked(flow.etl.table),
        recipe=flow.spec.models[model].recipe.to_json(),
        model_uri=flow.run.model(model),
        tree_uri=flow.run.tree(model),
        report_uri=flow.run.fit_report(model),
        code_sha=flow.deployment.code_sha,
        **flow.spec.holdout.arguments(),
    )


def assess_args(flow: LearnerFlow, model: str) -> AssessArgs:
    """The assessment's arguments, as templates."""
    judging = flow.spec.judging
    return AssessArgs(
        table_uri=flow.run.checked(flow.etl.table),
        recipe=flow.spec.models[model].recipe.to_json(),
        model_uri=flow.run.model(model),
        champion_model_uri=champion_of(model, "uri"),
        report_uri=flow.run.assessment(model),
        segments=json.dumps(judging.segments),
        resamples=param("resamples"),
        confidence=judging.confidence,
        code_sha=flow.deployment.code_sha,
        **flow.spec.holdout.arguments(),
    )
