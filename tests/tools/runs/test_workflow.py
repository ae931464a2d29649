from dataclasses import replace
from pathlib import Path

import pytest

from tools.console import console
from tools.datasets.dataset import Source
from tools.datasets.locate import INVENTED, ORIGINS
from tools.errors import UNUSABLE, ToolError
from tools.runs.workflow import Workflow, find_workflow, show_workflows, workflows
from tools.settings import REPOSITORY, Settings

SHIPPED = workflows(REPOSITORY / "dags")


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    """Two workflows, one of which reads data."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "learn.py").write_text('"""Learns from [rows].\n\nIn full.\n"""\nraise SystemExit\n')
    (tmp_path / "sweep.py").write_text("x = 1\n")
    (tmp_path / "specs" / "learn.yaml").write_text("source: {dataset: adult, files: {train: adult.data}}\n")
    (tmp_path / "specs" / "sweep.yaml").write_text("schedule: null\n")
    return tmp_path


def test_a_workflow_is_known_by_its_file_and_never_imported(dags: Path) -> None:
    assert workflows(dags) == {
        "learn": Workflow(
            name="learn",
            summary="Learns from [rows].",
            source={"dataset": "adult", "files": {"train": "adult.data"}},
        ),
        "sweep": Workflow(name="sweep", summary="", source={}),
    }


def test_the_list_shows_each_with_its_line_and_how_to_run_it(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 100)
    with console.capture() as captured:
        show_workflows(dags)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    assert lines == ["learn  Learns from [rows].", "sweep", "", "Run one with: make run WORKFLOW=<name>"]


def test_an_unknown_name_is_refused_with_the_nearest_and_the_list(dags: Path) -> None:
    with pytest.raises(ToolError) as raised:
        find_workflow(dags, "learns")
    expected = f"There is no workflow 'learns' in {dags}; did you mean 'learn'? Known: learn, sweep"
    assert str(raised.value) == expected
    assert raised.value.status == UNUSABLE
    with pytest.raises(ToolError, match=r"; known: learn, sweep$"):
        find_workflow(dags, "zzz")


def test_values_that_are_no_yaml_name_their_file(dags: Path) -> None:
    (dags / "specs" / "learn.yaml").write_text("source: [")
    with pytest.raises(ToolError, match=rf"^{dags}/specs/learn\.yaml is no YAML: "):
        workflows(dags)


def test_the_data_of_a_workflow_is_that_of_its_values(dags: Path, settings: Settings, tmp_path: Path) -> None:
    for name in ("adult.data", "adult.test"):
        (tmp_path / name).touch()
    ours = replace(settings, data=tmp_path)
    found = find_workflow(dags, "learn").data(ours)
    assert found is not None
    assert (found.name, found.source, found.folder) == ("adult", Source.FOLDER, tmp_path)
    assert find_workflow(dags, "sweep").data(ours) is None


def test_data_that_is_the_users_own_is_not_brought_and_this_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 400)
    with console.capture() as captured:
        assert Workflow(name="own", summary="", source={"dataset": "sales"}).data(settings) is None
    assert "no data for the dataset 'sales' here (known: movielens, adult, conversions, iris, events)" in captured.get()


def test_a_file_that_the_dataset_does_not_have_is_refused_before_a_run_waits_for_it(settings: Settings) -> None:
    source = {"dataset": "adult", "files": {"train": "adult.data", "test": "adult.csv"}}
    with pytest.raises(ToolError) as raised:
        Workflow(name="learn", summary="", source=source).data(settings)
    assert str(raised.value) == (
        "specs/learn.yaml: source.files names adult.csv, but the dataset 'adult' is adult.data and adult.test"
    )


@pytest.mark.parametrize("workflow", SHIPPED.values(), ids=SHIPPED)
def test_every_workflow_that_ships_says_what_it_does_and_reads_data_that_is_here(workflow: Workflow) -> None:
    assert workflow.summary.endswith(".")
    if workflow.source:
        assert set(workflow.source.get("files", {}).values()) <= set(
            {**ORIGINS, **INVENTED}[workflow.source["dataset"]].files
        )
