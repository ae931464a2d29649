"""The whole workflow on the local AWS, from the command line to what it leaves behind."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from penstock.deployment import Deployment
from penstock.layout import run_key
from tests.system.champions import champion, objects, spark_model
from tests.system.conftest import until
from tests.system.movielens import PUBLISHED_SHA256, SAME_WITH_UNIX_LINE_ENDS_SHA256, SIZE_OF_MOVIELENS
from tools.airflow_api import UNFINISHED, AirflowApi
from tools.credentials import load_or_create
from tools.datasets.dataset import Source
from tools.demo.outputs import RunOutputs
from tools.runs.aws_work import AwsWork
from tools.stack import aws
from tools.stack.aws import client

pytestmark = pytest.mark.timeout(900)

RANKER, RATER = "movie_recommender", "movie_ratings"


@pytest.fixture(scope="module")
def demo(tools: Any) -> str:
    status, output = tools.run("demo", seconds=800)
    assert status == 0, output
    return output


@pytest.fixture(scope="module")
def summary(tools: Any, demo: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tools.settings.summary_file.read_text())
    return found


@pytest.fixture(scope="module")
def outputs(tools: Any, summary: dict[str, Any]) -> RunOutputs:
    settings = tools.settings
    deployment = Deployment.from_json(settings.deployment_file.read_text(), "deployment.json")
    s3 = aws.client("s3", settings, load_or_create(settings.home))
    return RunOutputs(s3, deployment.layout.run(summary["dag_id"], run_key(summary["run_id"])))


def rows_of(name: str, summary: dict[str, Any]) -> int:
    """Rows of a source file, counted here."""
    with (Path(summary["data"]["folder"]) / name).open(newline="", encoding="utf-8") as file:
        return sum(1 for row in csv.reader(file) if row) - 1


def test_the_summary_says_where_to_look_and_how_to_stop(tools: Any, demo: str, summary: dict[str, Any]) -> None:
    assert summary["state"] == "success"
    assert summary["airflow"]["user"] == "admin"
    for words in (tools.settings.airflow_url, summary["airflow"]["password"], "make down", "NDCG@10", "popularity"):
        assert words in demo


def test_every_row_is_accounted_for(summary: dict[str, Any], outputs: RunOutputs) -> None:
    report = outputs.data()
    assert set(report.sources) == {"ratings", "movies"}
    for name, counts in report.sources.items():
        assert counts.read == rows_of(f"{name}.csv", summary)
        assert counts.balanced
        assert summary["rows"][name]["good"] == counts.good
    if summary["data"]["source"] != Source.GENERATED:
        found = {"read": report.sources["ratings"].read, "users": report.users, "items": report.sources["movies"].read}
        assert found == SIZE_OF_MOVIELENS


def test_each_model_is_fit_for_what_it_was_trained_for_and_promoted(summary: dict[str, Any]) -> None:
    fit = {name: (model["objective"], model["promoted"]) for name, model in summary["models"].items()}
    assert fit == {RANKER: ("ranking", True), RATER: ("rating", True)}
    for model in summary["models"].values():
        assert model["objective"] in model["fit_for"]
        assert all(check["passed"] for check in model["checks"])


def test_quality_on_movielens(summary: dict[str, Any]) -> None:
    if summary["data"]["source"] == Source.GENERATED:
        pytest.skip("bounds are for MovieLens; set PENSTOCK_DATA or connect to the network")
    ranker, rater = summary["models"][RANKER], summary["models"][RATER]
    assert ranker["challenger"]["ndcg_at_k"] >= 0.34
    assert ranker["baselines"]["popularity"]["ndcg_at_k"] < 0.25
    assert rater["challenger"]["rmse"] <= 0.875
    assert ranker["held_out"] == rater["held_out"]


def test_every_trained_user_has_exactly_k_unseen_movies(summary: dict[str, Any], outputs: RunOutputs) -> None:
    report = outputs.model(RANKER).scores
    assert report is not None
    scores = outputs.table(outputs.run.scores(RANKER), ["user_id", "rank", "item_id"])
    ratings = outputs.table(outputs.run.table("ratings"), ["user_id", "item_id"])
    per_user = scores.group_by("user_id").aggregate([("rank", "count"), ("rank", "min"), ("rank", "max")])
    assert set(per_user["user_id"].to_pylist()) == set(pc.unique(ratings["user_id"]).to_pylist())
    assert set(per_user["rank_count"].to_pylist()) == {report.k}
    assert set(per_user["rank_min"].to_pylist()) == {1}
    assert set(per_user["rank_max"].to_pylist()) == {report.k}
    seen = scores.join(ratings, keys=["user_id", "item_id"], join_type="inner")
    assert seen.num_rows == 0
    assert report.table.rows == scores.num_rows


def test_the_recommendations_shown_are_those_stored(summary: dict[str, Any], outputs: RunOutputs) -> None:
    shown = summary["recommendations"]
    scores = outputs.table(outputs.run.scores(RANKER), ["user_id", "rank", "item_id"])
    stored = scores.filter(pc.equal(scores["user_id"], shown["user"])).sort_by("rank")
    assert [each["item_id"] for each in shown["items"]] == stored["item_id"].to_pylist()[:10]
    assert all(each["title"] != "?" for each in shown["items"])


def test_every_task_succeeded_and_took_time(summary: dict[str, Any]) -> None:
    states = {each["task_id"]: each["state"] for each in summary["tasks"]}
    no_service = {name for name in states if name.startswith("deploy.")}
    assert len(no_service) == 5
    assert states == {name: "skipped" if name in no_service else "success" for name in states}
    assert all(each["seconds"] > 0 for each in summary["tasks"] if each["task_id"] not in no_service)
    assert len(summary["work"]) == 8  # two Glue jobs, two trainings, two evaluations, the scoring, the bundle
    timing = summary["timing"]
    assert 0 < timing["orchestration_share"] < 1
    assert timing["stack_seconds"] + timing["wall_seconds"] < timing["total_seconds"] < 800
    assert timing["stack_seconds"] > 1
    assert timing["aws_seconds"] + timing["orchestration_seconds"] == pytest.approx(timing["wall_seconds"], abs=0.02)


def test_the_applications_table_holds_the_scores(tools: Any, summary: dict[str, Any], outputs: RunOutputs) -> None:
    names = ["user_id", "item_id", "rank", "score"]
    scores = outputs.table(outputs.run.scores(RANKER), names).to_pylist()
    with closing(sqlite3.connect(tools.settings.tables_file)) as database:
        found = database.execute("SELECT user_id, item_id, rank, score FROM recommendations ORDER BY user_id, rank")
        assert found.fetchall() == sorted(
            (tuple(each[name] for name in names) for each in scores), key=itemgetter(0, 2)
        )
    assert summary["tables"]["recommendations"] == len(scores)
    assert summary["tables"]["model_metrics"] > 0


def test_both_models_have_a_champion_that_is_a_copy_of_this_runs(
    tools: Any, summary: dict[str, Any], outputs: RunOutputs
) -> None:
    for model in (RANKER, RATER):
        found = champion(tools, model)
        assert {each["key"]: each["value"] for each in found["tags"]}["penstock.run"] == (
            f"{summary['dag_id']}/{summary['run_id']}"
        )
        assert found["source"].startswith(f"s3://{aws.BUCKET}/models/{model}/")
        assert objects(tools, spark_model(found)) == objects(tools, outputs.run.model(model)) != {}


def test_no_cluster_is_left(tools: Any, demo: str) -> None:
    emr = client("emr", tools.settings, load_or_create(tools.settings.home))
    assert [each["Status"]["State"] for each in emr.list_clusters()["Clusters"]] == ["TERMINATED"]


def test_up_again_reuses_the_stack(tools: Any, demo: str) -> None:
    """Also from another terminal: what its shell has in its environment is no other setting."""
    before = tools.servers()
    tools.environment |= {"PATH": f"/opt/elsewhere/bin:{os.environ['PATH']}", "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8"}
    status, output = tools.run("up", seconds=60)
    assert status == 0, output
    assert len(before) >= 4
    assert before <= tools.servers()


def test_the_data_is_the_data_that_was_asked_for(summary: dict[str, Any]) -> None:
    found = summary["data"]
    if folder := os.environ.get("PENSTOCK_DATA"):
        assert found["source"] == "folder"
        assert Path(found["folder"]).is_relative_to(Path(folder).absolute())
    elif found["source"] == "generated":
        assert found["detail"].startswith("generated, seed 42, noise floor RMSE 0.")
        return
    else:
        assert (found["source"], found["detail"]) == ("publisher", "MovieLens latest-small from GroupLens")
    digests = {name: found[f"{name} sha256"] for name in PUBLISHED_SHA256}
    assert digests in (PUBLISHED_SHA256, SAME_WITH_UNIX_LINE_ENDS_SHA256)


def test_the_run_is_priced_by_the_lives_of_its_instances(outputs: RunOutputs, summary: dict[str, Any]) -> None:
    cost = outputs.cost()
    assert (cost.final, cost.simulated, len(cost.clusters)) == (True, True, 1)
    machines = {line.item: line.count for line in cost.lines if line.name == cost.clusters[0]}
    assert machines["EC2 m7g.xlarge on demand"] == 1
    assert machines["EC2 r7g.xlarge on demand"] == 2
    assert summary["cost"]["usd"] == cost.usd > 0


def test_too_many_refused_rows_fail_the_run_before_it_costs_a_cluster(tools: Any, summary: dict[str, Any]) -> None:
    settings, credentials = tools.settings, load_or_create(tools.home)
    s3, emr, glue = (aws.client(name, settings, credentials) for name in ("s3", "emr", "glue"))
    folder = Path(summary["data"]["folder"])
    ratings = (folder / "ratings.csv").read_bytes() + b"1,31,eleven,1260759144\n"
    s3.put_object(Bucket=aws.BUCKET, Key="raw/spoilt/ratings.csv", Body=ratings)
    s3.put_object(Bucket=aws.BUCKET, Key="raw/spoilt/movies.csv", Body=(folder / "movies.csv").read_bytes())
    work = AwsWork(emr, glue, since=datetime.now(UTC))
    conf = {"raw_uri": f"s3://{aws.BUCKET}/raw/spoilt", "max_bad_ratio": 0}
    with closing(AirflowApi(settings, credentials)) as api:
        api.trigger(summary["dag_id"], "spoilt", conf=conf)
        until(lambda: api.run(summary["dag_id"], "spoilt")["state"] not in UNFINISHED, 240, "the run ends")
        assert api.run(summary["dag_id"], "spoilt")["state"] == "failed"
    read = rows_of("ratings.csv", summary) + 1
    reasons = {each.reason for each in work.now()}
    assert len(reasons) == 1
    assert f"ratings: 1 of {read:,} rows were refused (0.00%), at most 0.00% may be; 1 x " in reasons.pop()
    assert work.clusters() == []


def test_the_next_run_is_judged_against_the_champion(tools: Any, outputs: RunOutputs) -> None:
    """Equal data, seed and split: the champion is the model of the run before, and does exactly as well."""
    champions = {model: spark_model(champion(tools, model)) for model in (RANKER, RATER)}
    status, output = tools.run("demo", seconds=400)
    assert status == 0, output
    assert "The stack is up" in output
    found: dict[str, Any] = json.loads(tools.settings.summary_file.read_text())
    layout = Deployment.from_json(tools.settings.deployment_file.read_text(), "deployment.json").layout
    second = RunOutputs(
        aws.client("s3", tools.settings, load_or_create(tools.home)),
        layout.run(found["dag_id"], run_key(found["run_id"])),
    )
    for model in (RANKER, RATER):
        evaluation = second.model(model).evaluation
        assert evaluation.champion_model_uri == champions[model] != spark_model(champion(tools, model))
        assert evaluation.champion == pytest.approx(evaluation.challenger, rel=1e-9)
        assert evaluation.champion == pytest.approx(outputs.model(model).evaluation.challenger, rel=1e-9)
        verdict = second.model(model).verdict
        assert verdict is not None
        assert any("champion" in check.sentence for check in verdict.checks)


def test_down_leaves_no_process(tools: Any, demo: str) -> None:
    assert len(tools.processes()) > 6
    status, output = tools.run("down", seconds=60)
    assert status == 0
    assert "Stopped airflow-api-server" in output
    assert tools.processes() == {}
    assert tools.run("down") == (0, "Nothing was running.\n")
