"""The workflows that learn from a table, side by side on one stack, each where its YAML says that its jobs run.

One has a cluster of its own, one uses a cluster that somebody else keeps, one runs on EMR Serverless. One is approved
by a person and then rolled back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.approval import Approval
from penstock.cost import Cost
from penstock.deployment import Deployment
from penstock.run_report import RunReport
from tests.system.conftest import CommandLine, until
from tests.system.learners import (
    CONF,
    CONVERSIONS,
    INCOME,
    LIGHT,
    RUN,
    SEGMENTS,
    SHARED_CLUSTER,
    TOPICS,
    answer,
    champion,
    client,
    finish,
    place,
    text,
    workflows,
)
from tools.airflow_api import AirflowApi
from tools.credentials import load_or_create
from tools.datasets.dataset import Source, upload
from tools.datasets.locate import ORIGINS, locate

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    command_line = CommandLine(home=tmp_path_factory.mktemp("learners"))
    command_line.environment["PENSTOCK_DAGS"] = str(workflows(tmp_path_factory.mktemp("dags") / "dags"))
    status, output = command_line.run("up")
    assert status == 0, output
    yield command_line
    command_line.run("down")


@pytest.fixture(scope="module")
def deployment(tools: CommandLine) -> Deployment:
    return Deployment.from_json(tools.settings.deployment_file.read_text(), "deployment.json")


@pytest.fixture(scope="module")
def api(tools: CommandLine) -> Iterator[AirflowApi]:
    found = AirflowApi(tools.settings, load_or_create(tools.settings.home))
    yield found
    found.close()


@pytest.fixture(scope="module")
def sources(tools: CommandLine, deployment: Deployment) -> dict[str, Source]:
    """The raw files, where the workflows look for them; where they come from, by dataset."""
    s3 = client(tools, "s3")
    found = {name: locate(tools.settings, origin) for name, origin in ORIGINS.items()}
    for each in found.values():
        upload(s3, each, deployment.layout)
    return {name: each.source for name, each in found.items()}


@pytest.fixture(scope="module")
def shared_cluster(tools: CommandLine) -> str:
    cluster: str = client(tools, "emr").run_job_flow(**SHARED_CLUSTER)["JobFlowId"]
    return cluster


@pytest.fixture(scope="module")
def states(api: AirflowApi, sources: dict[str, Source], shared_cluster: str) -> dict[str, dict[str, str]]:
    """Run the light ones side by side, approve one of them, then run the heavy one; task states by workflow."""
    for each in CONF:
        until(lambda each=each: api.dag_parsed(each) or api.import_errors(), 90, f"{each} to be parsed")
    assert api.import_errors() == []
    for each in LIGHT:
        api.trigger(each, RUN, conf=CONF[each])
    assert "| metric | challenger | majority_class | cheapest_answer |" in answer(
        api, "Approve", "the overlap is known"
    )
    finish(api, *LIGHT)
    api.trigger(INCOME, RUN, conf=CONF[INCOME])
    finish(api, INCOME)
    return {each: {task["task_id"]: task["state"] for task in api.tasks(each, RUN)} for each in CONF}


@pytest.fixture(scope="module")
def reports(tools: CommandLine, deployment: Deployment, states: dict[str, dict[str, str]]) -> dict[str, RunReport]:
    uris = {each: place(deployment, each).report_json for each in states}
    return {each: RunReport.from_json(text(tools, uri), uri) for each, uri in uris.items()}


@pytest.mark.parametrize("workflow", CONF)
def test_every_task_succeeds(states: dict[str, dict[str, str]], workflow: str) -> None:
    assert set(states[workflow].values()) == {"success"}


@pytest.mark.parametrize(
    ("workflow", "own"),
    [
        (INCOME, {"plan_cluster", "create_cluster", "terminate_cluster", "measure_cost"}),
        (SEGMENTS, {"prepare_application", "measure_cost"}),
        (CONVERSIONS, {"find_cluster"}),
    ],
)
def test_the_same_work_is_done_around_another_compute(
    states: dict[str, dict[str, str]], workflow: str, own: set[str]
) -> None:
    around = {task for task in states[workflow] if "cluster" in task or task in {"prepare_application", "measure_cost"}}
    assert around == own


def test_the_trees_reach_what_the_literature_has(reports: dict[str, RunReport], sources: dict[str, Source]) -> None:
    if sources["adult"] is Source.GENERATED:
        pytest.skip("these are not the rows of UCI Adult")
    found = {name: record.assessment for name, record in reports[INCOME].models.items()}
    accuracy = {name: each.challenger.metrics["accuracy"] for name, each in found.items() if each}
    assert accuracy["income_tree"].value is not None
    assert accuracy["income_tree"].value >= 0.85
    assert accuracy["income_boosted"].value is not None
    assert accuracy["income_boosted"].value >= 0.865
    for each in accuracy.values():
        assert each.low is not None
        assert each.high is not None
        assert each.low < (each.value or 0) < each.high


def test_no_row_is_lost_before_a_model_sees_it(reports: dict[str, RunReport]) -> None:
    for report in reports.values():
        assert report.data
        assert report.checks
        assert all(counts.balanced for counts in report.data.sources.values())
        assert report.checks.read == report.checks.table.rows + report.checks.quarantined
        for record in report.models.values():
            assert record.fit
            assert record.fit.train_rows + record.fit.test_rows == report.checks.table.rows


def test_test_rows_that_were_trained_on_are_told(reports: dict[str, RunReport]) -> None:
    data = reports[CONVERSIONS].data
    assert data
    assert data.repeats
    assert data.repeats.test_rows_in_train == 75


def test_the_threshold_is_the_cheapest(reports: dict[str, RunReport]) -> None:
    record = reports[CONVERSIONS].models[CONVERSIONS]
    assert record.fit
    assert record.fit.threshold is not None
    assert record.assessment
    assert record.assessment.challenger.threshold == pytest.approx(record.fit.threshold)


@pytest.mark.parametrize(("workflow", "metric"), [(SEGMENTS, "silhouette"), (TOPICS, "log_perplexity")])
def test_what_has_no_label_is_judged_too(reports: dict[str, RunReport], workflow: str, metric: str) -> None:
    (record,) = reports[workflow].models.values()
    assert record.assessment
    judged = record.assessment.challenger
    assert judged.metrics[metric].value is not None
    groups = judged.clusters if workflow == SEGMENTS else judged.topics
    assert len(groups) > 2


def test_the_report_is_a_page_about_all_of_it(
    tools: CommandLine, deployment: Deployment, reports: dict[str, RunReport]
) -> None:
    page = text(tools, place(deployment, INCOME).report_page)
    assert page.startswith("<!doctype html>")
    for model in ("income_tree", "income_forest", "income_boosted"):
        assert model in page
    names = {each.task_id for each in reports[INCOME].tasks}
    assert {"clean_data", "check_data", "income_tree.train_model", "terminate_cluster"} <= names
    assert reports[INCOME].state == "success"


def test_the_shared_cluster_ran_the_steps_and_is_still_there(
    tools: CommandLine, shared_cluster: str, states: dict[str, dict[str, str]]
) -> None:
    emr = client(tools, "emr")
    steps = emr.list_steps(ClusterId=shared_cluster)["Steps"]
    assert sorted(each["Name"].partition(" ")[0] for each in steps) == ["assess", "fit"]
    assert {each["Status"]["State"] for each in steps} == {"COMPLETED"}
    assert emr.describe_cluster(ClusterId=shared_cluster)["Cluster"]["Status"]["State"] == "WAITING"


def test_the_job_runs_on_serverless_are_priced(
    tools: CommandLine, deployment: Deployment, states: dict[str, dict[str, str]]
) -> None:
    uri = place(deployment, SEGMENTS).cost
    cost = Cost.from_json(text(tools, uri), uri)
    assert cost.simulated
    names = {each.name.partition(" ")[0] for each in cost.lines}
    assert names == {
        "train_model",
        "evaluate_model",
        f"local-{SEGMENTS}-clean_data",
        f"local-{SEGMENTS}-check_data",
    }


def test_the_answer_of_the_reviewer_is_kept(
    tools: CommandLine, deployment: Deployment, states: dict[str, dict[str, str]]
) -> None:
    uri = place(deployment, CONVERSIONS).approval(CONVERSIONS)
    approval = Approval.from_json(text(tools, uri), uri)
    assert (approval.approved, approval.reviewer, approval.note) == (True, "admin", "the overlap is known")


def test_a_no_promotes_nothing_and_the_next_yes_can_be_undone(
    tools: CommandLine, api: AirflowApi, states: dict[str, dict[str, str]]
) -> None:
    """Three runs: the first was approved, the second is rejected, the third approved and rolled back."""
    assert champion(tools) == "1"
    for run, option, version in (("second", "Reject", "1"), ("third", "Approve", "2")):
        api.trigger(CONVERSIONS, run, conf={"gate_mode": "approval"})
        question = answer(api, option, "", run)
        assert "| metric | challenger | champion | majority_class | cheapest_answer |" in question
        assert api.run(CONVERSIONS, run)["state"] == "success"
        assert champion(tools) == version
    api.trigger("rollback_model", "back", conf={"model": CONVERSIONS})
    finish(api, "rollback_model", run="back")
    assert api.run("rollback_model", "back")["state"] == "success"
    assert champion(tools) == "1"
