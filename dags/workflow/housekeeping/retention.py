"""What is too old to keep: model versions, then bundles, runs, logs. What is refused for one place stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowRuntimeError

from penstock.errors import PenstockError
from penstock.housekeeping import Removed, RetentionReport
from workflow.housekeeping.inventory import FAILURES
from workflow.housekeeping.objects import Folder, discard_folder, folders, older, remove
from workflow.housekeeping.versions import aliased, all_versions, excess, remove_leftovers, remove_version, sources

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from penstock.layout import Layout
    from workflow.housekeeping.versions import Version

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Days and numbers to keep; None keeps for ever."""

    runs_days: int | None
    logs_days: int | None
    reports_days: int | None
    versions: int | None


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Everything that retention looks at, as it was found, and what it has done so far."""

    s3: Any
    glue: Any
    mlflow: MlflowClient
    layout: Layout
    glue_database: str
    limits: Limits
    may_be_live: Callable[[str, str], bool]
    """Whether the run of a DAG id and a run key goes on."""
    now: datetime
    dry_run: bool
    removed: list[Removed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def tidy(self) -> RetentionReport:
        """Remove, or only count in a dry run, and report."""
        with self._place("models"):
            self._models()
        with self._place("bundles"):
            self._bundles()
        with self._place("runs"):
            self._runs()
        with self._place("logs"):
            self._old("logs", self.layout.logs, self.limits.logs_days)
        with self._place("reports"):
            self._old("reports", self.layout.housekeeping, self.limits.reports_days)
        moment = self.now.isoformat(timespec="seconds")
        return RetentionReport(moment=moment, dry_run=self.dry_run, removed=self.removed, problems=self.problems)

    def _models(self) -> None:
        newest = self.limits.versions
        if newest is None:
            return
        versions, uri = all_versions(self.mlflow), self.layout.all_models
        held = {each.uri: each for each in folders(self.s3, uri, depth=2)}
        if not self.dry_run:
            for left in remove_leftovers(self.s3, uri, sources(versions)):
                self._note("model", held[left], "left over from an earlier removal")
        for each in excess(versions, uri, newest):
            with self._place(f"version {each.number} of {each.name}"):
                self._version(each, held.get(each.source), newest)

    def _version(self, version: Version, held: Folder | None, newest: int) -> None:
        if version.number in aliased(self.mlflow, version.name):
            return
        if self.dry_run or remove_version(self.mlflow, self.s3, version):
            folder = held or Folder(uri=version.source, objects=0, bytes=0, newest=self.now)
            self._note("model", folder, f"version {version.number} of {version.name}: not among the newest {newest}")

    def _bundles(self) -> None:
        """Those of versions that were removed, or never registered; a service that runs keeps its own copy."""
        days = self.limits.runs_days
        if days is None:
            return
        registered = sources(all_versions(self.mlflow))
        for folder in folders(self.s3, self.layout.all_bundles, depth=2):
            model, version = folder.uri.split("/")[-2:]
            old = folder.newest < self.now - timedelta(days=days)
            if old and f"{self.layout.models(model)}/{version}" not in registered:
                with self._place(folder.uri):
                    if not self.dry_run:
                        discard_folder(self.s3, folder.uri)
                    self._note("bundle", folder, f"of no registered version, and nothing was written for {days} days")

    def _runs(self) -> None:
        days = self.limits.runs_days
        if days is None:
            return
        wanted = self._mentioned()
        for folder in folders(self.s3, self.layout.runs, depth=2):
            if folder.newest < self.now - timedelta(days=days) and not _is_wanted(folder.uri, wanted):
                with self._place(folder.uri):
                    self._run(folder, days)

    def _run(self, folder: Folder, days: int) -> None:
        dag_id, key = folder.uri.split("/")[-2:]
        if self.may_be_live(dag_id, key):
            return
        if not self.dry_run:
            discard_folder(self.s3, folder.uri)
        self._note("run", folder, f"nothing was written for {days} days")

    def _mentioned(self) -> set[str]:
        """What the registry's versions and the catalogue's tables refer to."""
        found = {uri for version in all_versions(self.mlflow) for uri in version.mentions}
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=self.glue_database)
        try:
            tables = [table for page in pages for table in page["TableList"]]
        except self.glue.exceptions.EntityNotFoundException:
            tables = []  # nothing was ever catalogued
        return found | {table.get("StorageDescriptor", {}).get("Location", "") for table in tables}

    def _old(self, what: str, uri: str, days: int | None) -> None:
        if days is None:
            return
        keys, size = older(self.s3, uri, self.now - timedelta(days=days))
        if not self.dry_run:
            remove(self.s3, uri, keys)
        if keys:
            folder = Folder(uri=uri.rstrip("/"), objects=len(keys), bytes=size, newest=self.now)
            self._note(what, folder, f"older than {days} days")

    def _note(self, what: str, folder: Folder, reason: str) -> None:
        entry = partial(Removed, what=what, uri=folder.uri, objects=folder.objects, bytes=folder.bytes)
        self.removed.append(entry(reason=reason))

    @contextmanager
    def _place(self, name: str) -> Iterator[None]:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - see workflow.registry

        try:
            yield
        except (*FAILURES, PenstockError, MlflowException, AirflowRuntimeError) as error:
            log.warning("%s: %s", name, error)
            self.problems.append(f"{name}: {error}")


def _is_wanted(folder: str, uris: set[str]) -> bool:
    return any(f"{uri.rstrip('/')}/".startswith(f"{folder}/") for uri in uris)
