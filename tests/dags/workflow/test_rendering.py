"""The loop closed: every task is rendered by Airflow, and its arguments are parsed by the job's own class."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from airflow.sdk import DAG

from penstock.arguments import JobArgs
from penstock.checks import parse_expectations
from penstock.deployment import Deployment
from penstock.jobs import BundleArgs, CheckTableArgs, CleanRatingsArgs, EvaluateArgs, ScoreArgs, TrainArgs
from tests.dags.workflow.rendering import RUN_ID, RUN_KEY, job_of, render
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import evaluate_args, train_args

RUN = f"s3://bucket/prefix/runs/movie_recommender/{RUN_KEY}"
VERSION = "0123456789abcdef"
BUNDLE = f"s3://bucket/prefix/bundles/movie_recommender/{VERSION}"
XCOM = {
    "create_cluster": "j-123",
    "movie_recommender.gate": VERSION,
    "find_champions": {
        "movie_recommender": {"uri": "s3://bucket/old.json", "incomparable": "", "checks": ""},
        "movie_ratings": {"uri": "", "incomparable": "another split", "checks": "s3://bucket/checks.json"},
    },
}


def _render(dag: DAG, task_id: str, params: Mapping[str, Any] | None = None) -> Any:
    return render(dag, task_id, XCOM, params)


def _step(dag: DAG, task_id: str, params: Mapping[str, Any] | None = None) -> tuple[list[str], JobArgs]:
    """The spark-submit options before the script, and the script's parsed arguments."""
    found = job_of(_render(dag, task_id, params))
    assert found, f"{task_id} runs no job"
    return found


def test_every_step_of_the_dag_is_parsed_by_its_job(dag: DAG) -> None:
    jobs = {task.task_id: type(_step(dag, task.task_id)[1]) for task in dag.tasks if hasattr(task, "steps")}
    assert jobs == {
        "movie_recommender.train_model": TrainArgs,
        "movie_recommender.evaluate_model": EvaluateArgs,
        "movie_ratings.train_model": TrainArgs,
        "movie_ratings.evaluate_model": EvaluateArgs,
        "score_users": ScoreArgs,
        "bundle_model": BundleArgs,
    }


def test_train_model(dag: DAG, deployment: Deployment) -> None:
    options, args = _step(dag, "movie_recommender.train_model")
    assert options == ["spark-submit", "--deploy-mode", "client", "--py-files", deployment.code.jobs_zip]
    assert args == TrainArgs(
        ratings_uri=f"{RUN}/checked/ratings",
        model_uri=f"{RUN}/model/movie_recommender",
        report_uri=f"{RUN}/metrics/movie_recommender/training.json",
        grid='{"rank":[64],"regParam":[0.1],"alpha":[1.0],"maxIter":[10]}',
        code_sha="c0ffee",
    )


@pytest.mark.parametrize(
    ("model", "objective", "champion"),
    [("movie_recommender", "ranking", "s3://bucket/old.json"), ("movie_ratings", "rating", "")],
)
def test_evaluate_model(dag: DAG, model: str, objective: str, champion: str) -> None:
    assert _step(dag, f"{model}.evaluate_model")[1] == EvaluateArgs(
        ratings_uri=f"{RUN}/checked/ratings",
        model_uri=f"{RUN}/model/{model}",
        champion_model_uri=champion,
        report_uri=f"{RUN}/metrics/{model}/evaluation.json",
        objective=objective,
        movies_uri=f"{RUN}/clean/movies",
        code_sha="c0ffee",
    )


def test_the_form_reaches_the_jobs(dag: DAG) -> None:
    form = {"seed": 7, "split_method": "temporal", "test_fraction": 0.3, "validation_fraction": 0.25}
    for task_id in ("movie_ratings.train_model", "movie_ratings.evaluate_model"):
        args = _step(dag, task_id, form)[1]
        assert {name: getattr(args, name) for name in form} == form


class Folder:
    """An S3 with one object of so many bytes below whatever prefix is asked for."""

    def __init__(self, size: int) -> None:
        self.size = size

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        return [{"Contents": [{"Key": f"{request['Prefix']}/part-0", "Size": self.size}]}]


def test_a_step_says_whether_its_work_is_pythons(dag: DAG) -> None:
    assert _render(dag, "score_users").in_python
    assert not _render(dag, "movie_recommender.train_model").in_python


def test_a_step_is_fitted_to_its_input_when_it_is_added(dag: DAG, monkeypatch: pytest.MonkeyPatch) -> None:
    task, args = _render(dag, "movie_recommender.train_model"), _step(dag, "movie_recommender.train_model")[1]
    assert isinstance(args, TrainArgs)
    assert task.input_uris == [args.ratings_uri]
    for size, setting in ((10**6, "spark.ui.enabled=false"), (10**9, "spark.executor.cores=4")):
        monkeypatch.setattr(task, "client", lambda service, size=size: Folder(size))
        (step,) = task.steps
        sized = task._sized(step)
        assert setting in sized["HadoopJarStep"]["Args"]
        assert (
            sized["HadoopJarStep"]["Args"][-len(args.to_argv()) :]
            == step["HadoopJarStep"]["Args"][-len(args.to_argv()) :]
        )


def test_score_users(dag: DAG) -> None:
    args = _step(dag, "score_users", {"top_k": 25, "seen_items": "keep"})[1]
    assert args == ScoreArgs(
        ratings_uri=f"{RUN}/checked/ratings",
        model_uri=f"{RUN}/model/movie_recommender",
        scores_uri=f"{RUN}/scores/movie_recommender",
        report_uri=f"{RUN}/report/scores-movie_recommender.json",
        k=25,
        seen_items="keep",
        histories_uri=f"{RUN}/clean/histories",
        movies_uri=f"{RUN}/clean/movies",
        code_sha="c0ffee",
    )


def test_bundle_model(dag: DAG) -> None:
    """Under the version that the gate has named, which is the one that the registry will have."""
    assert _step(dag, "bundle_model")[1] == BundleArgs(
        model_uri=f"{RUN}/model/movie_recommender",
        training_uri=f"{RUN}/metrics/movie_recommender/training.json",
        ratings_uri=f"{RUN}/checked/ratings",
        histories_uri=f"{RUN}/clean/histories",
        movies_uri=f"{RUN}/clean/movies",
        bundle_uri=BUNDLE,
        report_uri=f"{RUN}/report/bundle-movie_recommender.json",
        model="movie_recommender",
        version=VERSION,
        dag_id="movie_recommender",
        run_id=RUN_ID,
        code_sha="c0ffee",
    )


def test_the_deployment_and_the_tables_speak_of_the_same_version(dag: DAG) -> None:
    assert _render(dag, "deploy.reload_services").wanted == BUNDLE
    canary = _render(dag, "deploy.try_canary", {"top_k": 25, "seen_items": "keep"}).op_kwargs
    assert (canary["version"], canary["scores_uri"]) == (VERSION, f"{RUN}/scores/movie_recommender")
    assert (canary["canary"]["top_k"], canary["canary"]["seen_items"], canary["comparable"]) == ("25", "keep", True)
    loaded = _render(dag, "load_recommendations").op_kwargs
    assert (loaded["version"], loaded["table"]) == (VERSION, "recommendations")
    assert loaded["report_uri"] == f"{RUN}/report/scores-movie_recommender.json"


def test_clean_ratings(dag: DAG, deployment: Deployment) -> None:
    task = _render(dag, "clean_ratings", {"source_format": "dat", "raw_uri": "s3://else/where", "max_bad_ratio": 0.5})
    argv = [part for pair in task.script_args.items() for part in pair]
    assert CleanRatingsArgs.from_argv(argv) == CleanRatingsArgs(
        ratings_uri="s3://else/where/ratings.dat",
        movies_uri="s3://else/where/movies.dat",
        format="dat",
        clean_uri=f"{RUN}/clean",
        quarantine_uri=f"{RUN}/quarantine",
        report_uri=f"{RUN}/report/data.json",
        max_bad_ratio=0.5,
        code_sha="c0ffee",
    )
    assert task.script_args["--extra-py-files"] == deployment.code.jobs_zip
    assert task.job_name == "test-movie_recommender-clean_ratings"
    assert task.script_location == deployment.code.script(CleanRatingsArgs.script)


def test_the_sensor_waits_for_both_files(dag: DAG) -> None:
    assert _render(dag, "wait_for_ratings").bucket_key == [
        "s3://bucket/prefix/raw/movielens/ratings.csv",
        "s3://bucket/prefix/raw/movielens/movies.csv",
    ]


def test_gate_and_promotion(dag: DAG) -> None:
    gate = _render(dag, "movie_ratings.gate", {"gate_mode": "dry_run"}).op_kwargs
    assert (gate["mode"], gate["verdict_uri"]) == ("dry_run", f"{RUN}/metrics/movie_ratings/verdict.json")
    assert gate["incomparable"] == "another split"
    promote = _render(dag, "movie_ratings.promote_model").op_kwargs
    assert promote["models_uri"] == "s3://bucket/prefix/models/movie_ratings"
    assert promote["run"] == "movie_recommender/manual__2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize("task_id", ["terminate_cluster", "score_users"])
def test_all_work_is_on_the_cluster_of_the_run(dag: DAG, task_id: str) -> None:
    assert _render(dag, task_id).job_flow_id == "j-123"


def test_a_grid_is_compared_by_the_threshold_of_its_evaluation(flow: RecommenderFlow) -> None:
    name = "movie_recommender"
    strict = flow.spec.models[name].model_copy(update={"relevance_threshold": 4.0})
    changed = replace(flow, spec=flow.spec.model_copy(update={"models": {name: strict}}))
    assert train_args(changed, name).relevance_threshold == 4.0
    assert evaluate_args(changed, name).relevance_threshold == 4.0


def test_check_data(dag: DAG) -> None:
    """Every rating is compared: a recommender holds out by rules of its own."""
    argv = [part for pair in _render(dag, "check_data").script_args.items() for part in pair]
    args = CheckTableArgs.from_argv(argv)
    assert [each.action for each in parse_expectations(args.expectations)] == ["fail", "fail", "quarantine"]
    assert replace(args, expectations="[]") == CheckTableArgs(
        table_uri=f"{RUN}/clean/ratings",
        table_name="ratings",
        columns='["item_id", "rating"]',
        compared_rows="all",
        passed_uri=f"{RUN}/checked/ratings",
        quarantine_uri=f"{RUN}/checked/quarantine",
        report_uri=f"{RUN}/report/checks.json",
        reference_uri="s3://bucket/checks.json",
        max_bad_ratio=0.01,
        schema_drift="fail",
        code_sha="c0ffee",
    )
