"""The DAG as Airflow sees it: it parses offline and fast, and its graph is exactly this one."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Variable
from airflow.sdk.definitions.param import ParamsDict
from airflow.serialization.serialized_objects import DagSerialization

from workflow.operators.step import SparkStepOperator

DAGS = Path(__file__).parents[2] / "dags"
pytestmark = pytest.mark.filterwarnings(
    "ignore:GitWildMatchPattern:DeprecationWarning"  # Airflow 3.3.2 reads .airflowignore with pathspec's old class
)
EDGES = {
    "wait_for_ratings": {"clean_ratings"},
    "clean_ratings": {"catalogue_tables", "find_champions"},
    "catalogue_tables": {"check_data"},
    "find_champions": {"check_data"},
    "check_data": {"plan_cluster"},
    "plan_cluster": {"create_cluster", "terminate_cluster", "measure_cost"},
    "create_cluster": {"movie_recommender.train_model", "movie_ratings.train_model", "terminate_cluster"},
    "movie_recommender.train_model": {"movie_recommender.evaluate_model"},
    "movie_recommender.evaluate_model": {
        "movie_recommender.gate",
        "movie_recommender.record_metrics",
        "terminate_cluster",
    },
    "movie_recommender.record_metrics": {"write_report"},
    "movie_recommender.gate": {"movie_recommender.approve_model", "score_users", "bundle_model"},
    "movie_recommender.approve_model": {"movie_recommender.promote_model"},
    "movie_recommender.promote_model": {
        "deploy.find_served",
        "deploy.restore_champion",
        "catalogue_scores",
        "load_recommendations",
        "write_report",
    },
    "movie_ratings.train_model": {"movie_ratings.evaluate_model"},
    "movie_ratings.evaluate_model": {"movie_ratings.gate", "movie_ratings.record_metrics", "terminate_cluster"},
    "movie_ratings.record_metrics": {"write_report"},
    "movie_ratings.gate": {"movie_ratings.approve_model"},
    "movie_ratings.approve_model": {"movie_ratings.promote_model"},
    "movie_ratings.promote_model": {"write_report"},
    "score_users": {"deploy.find_served", "terminate_cluster"},
    "bundle_model": {"deploy.find_served", "terminate_cluster"},
    "deploy.find_served": {"deploy.reload_services", "deploy.restore_services", "deploy.restore_champion"},
    "deploy.reload_services": {"deploy.try_canary", "deploy.restore_services", "deploy.restore_champion"},
    "deploy.try_canary": {
        "deploy.restore_services",
        "deploy.restore_champion",
        "catalogue_scores",
        "load_recommendations",
        "write_report",
    },
    "deploy.restore_services": {"write_report"},
    "deploy.restore_champion": {"write_report"},
    "catalogue_scores": {"write_report"},
    "load_recommendations": {"write_report"},
    "terminate_cluster": {"measure_cost"},
    "measure_cost": {"write_report"},
    "write_report": set(),
}
PARSE = """
import sys, time
import airflow.sdk
start = time.process_time()
import movie_recommender
print(time.process_time() - start)
"""
DEFERRABLE = """
import movie_recommender
print(sorted(task.task_id for task in movie_recommender.dag.tasks if getattr(task, "deferrable", False)))
"""


@pytest.fixture
def bag(monkeypatch: pytest.MonkeyPatch) -> DagBag:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file must not read Variables when it is parsed")

    monkeypatch.setattr(Variable, "get", refuse)
    return DagBag(DAGS)


@pytest.fixture
def dag(bag: DagBag) -> DAG:
    return bag.dags["movie_recommender"]


def test_every_file_parses_without_network_and_variables(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == sorted(path.stem for path in DAGS.glob("*.py"))


def test_only_dag_files_are_parsed(bag: DagBag) -> None:
    """And all of them: Airflow passes over a file in which the word airflow does not occur."""
    assert {Path(stat.file).name for stat in bag.dagbag_stats} == {path.name for path in DAGS.glob("*.py")}


def test_a_file_parses_in_under_two_seconds() -> None:
    """Of the processor, so that a busy machine changes nothing."""
    assert float(_run(PARSE)) < 2


def test_the_edges_are_exactly_these(dag: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == EDGES


def test_the_cluster_has_one_teardown_and_every_step_lies_between(dag: DAG) -> None:
    create, terminate = dag.get_task("create_cluster"), dag.get_task("terminate_cluster")
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"plan_cluster", "create_cluster"}
    assert {task.task_id for task in dag.tasks if task.is_teardown} == {
        "terminate_cluster",
        "measure_cost",
        "write_report",
    }
    assert terminate.trigger_rule == "all_done_setup_success"
    between = create.get_flat_relative_ids(upstream=False) & terminate.get_flat_relative_ids(upstream=True)
    steps = {task.task_id for task in dag.tasks if isinstance(task, SparkStepOperator)}
    assert len(steps) == 6
    assert steps <= between


def test_the_teardown_runs_when_the_cluster_was_asked_for_and_its_task_failed(dag: DAG) -> None:
    """One successful setup is enough for all_done_setup_success, and planning is one of its own."""
    assert {"plan_cluster", "create_cluster"} <= dag.get_task("terminate_cluster").upstream_task_ids


def test_failed_work_fails_the_run_and_so_does_a_cluster_that_is_left(dag: DAG) -> None:
    """Airflow decides by the leaves: a teardown that counted as one would hide the work that leads to it."""
    decides = {task.task_id: task.on_failure_fail_dagrun for task in dag.tasks if task.is_teardown}
    assert decides == {"terminate_cluster": False, "measure_cost": True, "write_report": False}
    assert dag.get_task("measure_cost").upstream_task_ids == {"plan_cluster", "terminate_cluster"}


def test_a_rejected_model_skips_only_what_follows_directly(dag: DAG) -> None:
    gates = [task for task in dag.tasks if task.task_id.endswith(".gate")]
    assert [gate.ignore_downstream_trigger_rules for gate in gates] == [False, False]


def test_a_failed_deployment_is_taken_back_and_what_follows_it_does_not_run(dag: DAG) -> None:
    """The run fails by what was not published: the tasks that go back are leaves and succeed."""
    rules = {each: dag.get_task(each).trigger_rule for each in dag.task_ids}
    assert {each for each, rule in rules.items() if rule == "one_failed"} == {
        "deploy.restore_services",
        "deploy.restore_champion",
    }
    published = {each for each, rule in rules.items() if rule == "none_failed_min_one_success"}
    assert published == {"catalogue_scores", "load_recommendations"}
    for each in published:
        upstream = dag.get_task(each).upstream_task_ids
        assert upstream == {"movie_recommender.promote_model", "deploy.try_canary"}


def test_tasks_lead_to_what_they_made(dag: DAG) -> None:
    serialized = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    links = {
        task.task_id: sorted(task.operator_extra_link_dict)
        for task in serialized.tasks
        if task.operator_extra_link_dict
    }
    models = ("movie_ratings", "movie_recommender")
    assert links == {
        **{name: ["EMR Cluster", "EMR Cluster Logs"] for name in ("create_cluster", "terminate_cluster")},
        **{job: ["Driver log", "Report"] for job in ("clean_ratings", "check_data")},
        **{job: ["Driver log", "Report"] for job in ("score_users", "bundle_model")},
        **{f"{model}.{job}": ["Driver log", "Report"] for model in models for job in ("train_model", "evaluate_model")},
        **{f"{model}.promote_model": ["MLflow version", "Report"] for model in models},
    }


def test_every_task_ends_in_time_and_the_run_has_no_timeout_of_its_own(dag: DAG) -> None:
    assert dag.dagrun_timeout is None
    assert {task.task_id: task.execution_timeout for task in dag.tasks if not task.execution_timeout} == {}
    assert dag.get_task("movie_recommender.train_model").execution_timeout == timedelta(hours=2)


def test_what_leaves_nothing_behind_is_retried(dag: DAG) -> None:
    retries = {each: dag.get_task(each).retries for each in ("create_cluster", "score_users", "terminate_cluster")}
    assert retries == {"create_cluster": 1, "score_users": 1, "terminate_cluster": 5}


def test_the_assets_are_published_by_the_tasks_that_finish_them(dag: DAG) -> None:
    assert {task.task_id: [each.name for each in task.outlets] for task in dag.tasks if task.outlets} == {
        "catalogue_tables": ["movie_recommender.clean_ratings"],
        "movie_recommender.promote_model": ["movie_recommender.model.movie_recommender"],
        "movie_ratings.promote_model": ["movie_recommender.model.movie_ratings"],
        "catalogue_scores": ["movie_recommender.scores"],
        "deploy.restore_champion": ["penstock.champions"],
    }


def test_the_dag_says_what_it_is(dag: DAG) -> None:
    assert dag.description == "Ratings in, ten movies for every user out: clean, train, judge, promote, score, publish."
    assert dag.tags == {"movielens", "penstock", "recommender"}
    assert dag.owner == "data-science"
    assert not dag.catchup
    assert dag.max_active_runs == 1
    assert isinstance(dag.params, ParamsDict)
    assert "| `top_k` | Movies per user | `10` | Items per user. |" in dag.doc_md


@pytest.mark.parametrize(
    ("setting", "tasks"),
    [
        ("False", []),
        (
            "True",
            [
                "bundle_model",
                "check_data",
                "clean_ratings",
                "create_cluster",
                "deploy.reload_services",
                "deploy.restore_services",
                "movie_ratings.evaluate_model",
                "movie_ratings.train_model",
                "movie_recommender.evaluate_model",
                "movie_recommender.train_model",
                "score_users",
                "terminate_cluster",
                "wait_for_ratings",
            ],
        ),
    ],
)
def test_what_can_be_deferred_follows_airflows_setting(setting: str, tasks: list[str]) -> None:
    assert _run(DEFERRABLE, AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE=setting) == str(tasks)


def _run(code: str, **environment: str) -> str:
    """The last line that a fresh interpreter prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    variables = {**os.environ, "PYTHONPATH": f"{DAGS.parent}:{DAGS}:{DAGS.parent / 'plugins'}", **environment}
    done = subprocess.run(command, cwd=DAGS, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]
