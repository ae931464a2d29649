"""Retention on moto's S3 and Data Catalog and a real MLflow server."""

from typing import Any

import pytest
from mlflow.tracking import MlflowClient

from penstock.layout import Layout
from tests.dags.workflow.housekeeping.shelves import Models, Tidy, below, put
from workflow.housekeeping.retention import Limits
from workflow.housekeeping.tables import retention_table

pytestmark = pytest.mark.timeout(180)
FOR_EVER = Limits(runs_days=None, logs_days=None, reports_days=None, versions=None)
RUNS = Limits(runs_days=90, logs_days=None, reports_days=None, versions=None)


def test_a_dry_run_counts_and_removes_nothing(tidy: Tidy, models: Models, s3: Any, layout: Layout) -> None:
    sources = [models.promote(champion=False) for _ in range(3)]
    put(s3, layout.run("d", "r1").uri, "clean/a", "report/data.json")
    put(s3, f"{layout.root}/logs", "j-1/a", "j-1/b", "j-2/a")
    limits = Limits(runs_days=90, logs_days=30, reports_days=30, versions=2)
    report = tidy(limits, dry_run=True)
    assert [(each.what, each.uri, each.objects, each.bytes) for each in report.removed] == [
        ("model", sources[0], 2, 10),
        ("run", layout.run("d", "r1").uri, 2, 10),
        ("logs", f"{layout.root}/logs", 3, 15),
    ]
    assert models.numbers == [1, 2, 3]
    assert len(below(s3, layout.root)) == 11
    last = retention_table(report).splitlines()[-1]
    assert last.split() == ["sum", "7", "35", "B"]
    assert [each.uri for each in tidy(limits).removed] == [each.uri for each in report.removed]
    assert len(below(s3, layout.root)) == 4


def test_runs_that_somebody_needs_stay(tidy: Tidy, models: Models, s3: Any, glue: Any, layout: Layout) -> None:
    old, live, told, shown = (layout.run("d", key) for key in ("r1", "r10", "r2", "r3"))
    for each in (old, live, told, shown):
        put(s3, each.uri, "clean/ratings/part-0")
    put(s3, f"{layout.runs}/d", "stray")
    models.promote(**{"penstock.evaluation": told.evaluation("m")})
    glue.create_database(DatabaseInput={"Name": "penstock"})
    location = {"Location": f"{shown.table('ratings')}/"}
    glue.create_table(DatabaseName="penstock", TableInput={"Name": "ratings", "StorageDescriptor": location})
    report = tidy(RUNS, live="d/r10")
    assert [(each.what, each.uri, each.reason) for each in report.removed] == [
        ("run", old.uri, "nothing was written for 90 days")
    ]
    assert below(s3, layout.runs) == [
        "d/r10/clean/ratings/part-0",
        "d/r2/clean/ratings/part-0",
        "d/r3/clean/ratings/part-0",
        "d/stray",
    ]


def test_bundles_go_when_no_version_is_theirs(tidy: Tidy, models: Models, s3: Any, layout: Layout) -> None:
    kept = models.promote().rpartition("/")[2]
    put(s3, layout.bundle(models.name, kept), "manifest.json", "titles.npy")
    put(s3, layout.bundle(models.name, "rejected"), "manifest.json", "titles.npy")
    put(s3, layout.bundle("another", kept), "manifest.json")
    for tidied in (tidy(RUNS, dry_run=True), tidy(RUNS)):
        assert [(each.what, each.uri, each.objects) for each in tidied.removed] == [
            ("bundle", layout.bundle("another", kept), 1),
            ("bundle", layout.bundle(models.name, "rejected"), 2),
        ]
    assert below(s3, layout.all_bundles) == [f"{models.name}/{kept}/manifest.json", f"{models.name}/{kept}/titles.npy"]
    assert tidy(FOR_EVER).removed == []


def test_what_is_young_stays_and_null_keeps_for_ever(tidy: Tidy, s3: Any, layout: Layout) -> None:
    put(s3, layout.run("d", "r1").uri, "a")
    put(s3, f"{layout.root}/logs", "j-1/a")
    put(s3, layout.housekeeping, "r1/report.json")
    assert tidy(FOR_EVER).removed == []
    young = Limits(runs_days=101, logs_days=101, reports_days=101, versions=1)
    assert tidy(young).removed == []
    assert retention_table(tidy(young)) == "Nothing is too old."
    assert len(below(s3, layout.root)) == 3


def test_reports_go_too(tidy: Tidy, s3: Any, layout: Layout) -> None:
    put(s3, layout.housekeeping, "r1/report.json", "retention/2026-01-01.json")
    (removed,) = tidy(Limits(runs_days=None, logs_days=None, reports_days=30, versions=None)).removed
    assert (removed.what, removed.objects, removed.reason) == ("reports", 2, "older than 30 days")
    assert below(s3, layout.root) == []


def test_without_a_registry_no_run_goes_and_logs_do(
    tidy: Tidy, s3: Any, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    put(s3, layout.run("d", "r1").uri, "a")
    put(s3, f"{layout.root}/logs", "j-1/a")
    everything = Limits(runs_days=90, logs_days=30, reports_days=30, versions=2)
    report = tidy(everything, mlflow=MlflowClient(tracking_uri="http://127.0.0.1:9"))
    assert [each.what for each in report.removed] == ["logs"]
    assert [each.partition(":")[0] for each in report.problems] == ["models", "bundles", "runs"]
    assert below(s3, layout.root) == ["runs/d/r1/a"]


def test_a_run_that_s3_refuses_to_remove_stops_no_other(
    tidy: Tidy, s3: Any, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("r1", "r2"):
        put(s3, layout.run("d", key).uri, "a")
    original, calls = s3.delete_objects, []

    def refuse_once(**request: Any) -> Any:
        calls.append(request)
        denied = {"Errors": [{"Key": "a", "Code": "AccessDenied", "Message": "no"}]}
        return denied if len(calls) == 1 else original(**request)

    monkeypatch.setattr(s3, "delete_objects", refuse_once)
    report = tidy(RUNS)
    assert [each.uri for each in report.removed] == [layout.run("d", "r2").uri]
    (problem,) = report.problems
    assert problem.startswith(f"{layout.run('d', 'r1').uri}: ")
