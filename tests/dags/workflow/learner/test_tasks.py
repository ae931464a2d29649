"""Every workflow that learns from a table: its shape, and arguments that the jobs' own classes parse."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from penstock.checks import parse_expectations
from penstock.jobs import AssessArgs, CheckTableArgs, FitArgs
from penstock.recipe.rules import parse_recipe
from tests.dags.workflow.rendering import RUN_KEY, job_of, render
from workflow.learner.flow import LearnerFlow
from workflow.operators.step import SparkStepOperator

DAGS = Path(__file__).parents[4] / "dags"
LEARNERS = sorted(path.stem for path in DAGS.glob("*.py") if "LearnerFlow" in path.read_text(encoding="utf-8"))
CHAMPION = {"uri": "s3://bucket/old", "incomparable": "", "checks": "s3://bucket/old/checks.json"}
NONE = {"uri": "", "incomparable": "", "checks": ""}


@pytest.fixture(params=LEARNERS)
def module(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


@pytest.fixture
def flow(module: Any) -> LearnerFlow:
    return module.flow


@pytest.fixture
def learner(module: Any) -> DAG:
    return module.dag


def xcom(flow: LearnerFlow, *champions: str) -> dict[str, Any]:
    found = {model: CHAMPION if model in champions else NONE for model in flow.spec.models}
    return {"create_cluster": "j-123", "find_champions": found}


def edges(flow: LearnerFlow) -> dict[str, set[str]]:
    models = list(flow.spec.models)
    judged = {
        f"{model}.evaluate_model": {f"{model}.gate", f"{model}.record_metrics", "terminate_cluster"} for model in models
    }
    return {
        "wait_for_data": {"clean_data"},
        "clean_data": {"catalogue_tables", "find_champions"},
        "catalogue_tables": {"check_data"},
        "find_champions": {"check_data"},
        "check_data": {"plan_cluster"},
        "plan_cluster": {"create_cluster", "terminate_cluster", "measure_cost"},
        "create_cluster": {*(f"{model}.train_model" for model in models), "terminate_cluster"},
        **{f"{model}.train_model": {f"{model}.evaluate_model"} for model in models},
        **judged,
        **{f"{model}.gate": {f"{model}.approve_model"} for model in models},
        **{f"{model}.approve_model": {f"{model}.promote_model"} for model in models},
        **{f"{model}.{ends}": {"write_report"} for model in models for ends in ("promote_model", "record_metrics")},
        "terminate_cluster": {"measure_cost"},
        "measure_cost": {"write_report"},
        "write_report": set(),
    }


def test_the_edges_are_exactly_these(flow: LearnerFlow, learner: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in learner.tasks} == edges(flow)


def test_neither_reviewer_nor_registry_keeps_a_cluster_alive(learner: DAG) -> None:
    terminate = learner.get_task("terminate_cluster")
    work = {each.task_id for each in learner.tasks if isinstance(each, SparkStepOperator)}
    assert terminate.upstream_task_ids - {"plan_cluster", "create_cluster"} <= work


def test_every_job_parses_what_its_task_gives_it(flow: LearnerFlow, learner: DAG) -> None:
    jobs = {}
    for task in learner.tasks:
        if hasattr(task, "steps") or hasattr(task, "script_args"):
            found = job_of(render(learner, task.task_id, xcom(flow)))
            assert found
            jobs[task.task_id] = found[1]
    checked = jobs["check_data"]
    assert isinstance(checked, CheckTableArgs)
    assert [each.name for each in parse_expectations(checked.expectations)] == [
        each.name for each in flow.spec.checks.expectations
    ]
    root = f"s3://bucket/prefix/runs/{flow.dag_id}/{RUN_KEY}"
    for model, values in flow.spec.models.items():
        fit, judge = jobs[f"{model}.train_model"], jobs[f"{model}.evaluate_model"]
        assert isinstance(fit, FitArgs)
        assert isinstance(judge, AssessArgs)
        assert parse_recipe(fit.recipe) == parse_recipe(judge.recipe) == values.recipe
        assert fit.table_uri == judge.table_uri == checked.passed_uri == f"{root}/checked/{flow.etl.table}"
        assert fit.describe_holdout() == judge.describe_holdout() == flow.spec.holdout.describe()
        assert (fit.model_uri, judge.champion_model_uri) == (judge.model_uri, "")


def test_data_are_compared_with_what_the_first_champion_learnt_from(flow: LearnerFlow, learner: DAG) -> None:
    def reference(*champions: str) -> str:
        found = job_of(render(learner, "check_data", xcom(flow, *champions)))
        assert found
        return found[1].reference_uri  # type: ignore[attr-defined]

    last = list(flow.spec.models)[-1]
    assert (reference(), reference(last)) == ("", "s3://bucket/old/checks.json")


def test_the_champion_is_judged_beside_the_challenger(flow: LearnerFlow, learner: DAG) -> None:
    model = next(iter(flow.spec.models))
    found = job_of(render(learner, f"{model}.evaluate_model", xcom(flow, model)))
    assert found
    assert found[1].champion_model_uri == "s3://bucket/old"  # type: ignore[attr-defined]


def test_every_step_argument_is_short_enough_for_emr(flow: LearnerFlow, learner: DAG) -> None:
    for task in learner.tasks:
        if isinstance(task, SparkStepOperator):
            rendered = render(learner, task.task_id, xcom(flow))
            assert max(map(len, rendered.steps[0]["HadoopJarStep"]["Args"])) <= 10_280


def test_the_page_says_where_everything_is(learner: DAG) -> None:
    assert learner.doc_md is not None
    for heading in ("### What it does", "### Where the outputs are", "### When it fails", "### Parameters"):
        assert heading in learner.doc_md
