"""What happens to a crawl from its start to its end: one thread per crawl."""

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

from moto.core.utils import unix_time_millis

from local_aws.failure import failure_message
from local_aws.glue.crawlers.crawler import Crawl, Crawler
from local_aws.glue.crawlers.exclusions import excluder
from local_aws.glue.crawlers.groups import Group, Tree, Walk
from local_aws.glue.crawlers.publication import Publication
from local_aws.glue.crawlers.tables import Found, Inferred, describe, merge
from local_aws.processes import ShuttingDownError
from local_aws.runtime import Runtime
from local_aws.s3 import ObjectStoreError
from local_aws.spark import NoSparkError

SHIM = Path(__file__).resolve().parents[1] / "shim"
log = logging.getLogger(__name__)


class CrawlError(Exception):
    """A target that cannot be crawled."""


NOT_EXECUTABLE = (CrawlError, ObjectStoreError, NoSparkError, OSError)


class CrawlExecution:
    """Executes one crawl."""

    def __init__(self, crawler: Crawler, crawl: Crawl, runtime: Runtime, *, backend: Any, logs_backend: Any) -> None:
        self._crawler = crawler
        self._crawl = crawl
        self._runtime = runtime
        self._backend = backend
        self._logs = logs_backend
        self._workspace = runtime.workspace("glue-crawlers", crawler.name, crawl.crawl_id, role=crawler.role or "")

    def launch(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._execute, daemon=True, name=self._crawl.crawl_id).start()

    def _execute(self) -> None:
        error: str | None = None
        try:
            self._say("BENCHMARK", f"Running Start Crawl for Crawler {self._crawler.name}")
            found = self._find()
            if not self._stopping():
                Publication(self._backend, self._crawler, self._crawl).publish(found)
        except ShuttingDownError:
            return
        except NOT_EXECUTABLE as problem:
            error = str(problem)
        except Exception as problem:
            log.exception("crawl of %s broke", self._crawler.name)
            error = f"The local AWS failed: {problem!r}"
        self._workspace.tidy()
        if error:
            self._say("ERROR", error)
        self._say("BENCHMARK", "Crawler has finished running and is in state READY")
        self._crawler.end(self._crawl, error)

    def _stopping(self) -> bool:
        """Pass from RUNNING to STOPPING, in which the catalogue is written; return whether the crawl was cancelled."""
        with self._crawler.changed:
            self._crawl.state = "STOPPING"
            return self._crawl.cancelled

    def _find(self) -> list[Found]:
        """Return the tables of all targets."""
        trees = [self._tree(target) for target in self._targets()]
        inferred = self._infer([group for _, tree in trees for group in _groups(tree)])
        found = []
        for bucket, tree in trees:
            groups = merge(tree, inferred)
            by_place = {id(group): _inferred(group, inferred) for group in groups}
            prefix = self._crawler.table_prefix or ""
            found += [
                describe(group, by_place[id(group)], bucket=bucket, prefix=prefix, crawler=self._crawler.name)
                for group in groups
            ]
        return found

    def _targets(self) -> list[dict[str, Any]]:
        targets: Any = self._crawler.targets or {}
        others = sorted(name for name, value in targets.items() if value and name != "S3Targets")
        if others:
            raise CrawlError(f"only S3Targets are crawled here, not {', '.join(others)}")
        return list(targets.get("S3Targets") or [])

    def _tree(self, target: dict[str, Any]) -> tuple[str, Tree]:
        address = target["Path"] if "://" in target["Path"] else f"s3://{target['Path']}"
        bucket = address.split("/")[2]
        if not self._runtime.store.bucket_exists(address):
            raise CrawlError(f"The S3 location {address} does not exist: there is no bucket {bucket}")
        root = self._runtime.store.file(f"s3://{bucket}")
        place = self._runtime.store.file(address)
        excluded = excluder(target.get("Exclusions") or [], place.relative_to(root).as_posix())
        return bucket, Walk(root, excluded).tree(place)

    def _infer(self, groups: list[Group]) -> dict[str, Inferred]:
        """Let Spark say the columns of each group; raise CrawlError if it cannot."""
        if not groups:
            return {}
        asked, answered = self._workspace.folder / "groups.json", self._workspace.folder / "columns.json"
        asked.write_text(json.dumps([_question(group) for group in groups]))
        argv = self._runtime.submit_argv([str(SHIM / "infer.py"), str(asked), str(answered)], self._workspace, {})
        process = self._runtime.start(argv, self._workspace, {"PYTHONPATH": os.pathsep.join([str(SHIM)])})
        with self._crawler.changed:
            self._crawl.process = process
            if self._crawl.cancelled:
                process.kill()
        code = process.wait()
        self._runtime.processes.forget(process)
        if code:
            raise CrawlError(failure_message(self._workspace.read(self._workspace.stderr), code))
        answers = json.loads(answered.read_text())
        return {group.place: Inferred(**answer) for group, answer in zip(groups, answers, strict=True)}

    def _say(self, level: str, message: str) -> None:
        """Write a line to the crawler's log stream."""
        group, stream = self._crawl.log_group, self._crawl.log_stream
        if group not in self._logs.groups:
            self._logs.create_log_group(group, {})
        self._logs.ensure_log_stream(group, stream)
        line = f"[{self._crawl.message_prefix}] {level} : {message}"
        self._logs.put_log_events(group, stream, [{"timestamp": int(unix_time_millis()), "message": line}])


def _groups(tree: Tree) -> list[Group]:
    return [*tree.groups, *(group for child in tree.children for group in _groups(child))]


def _inferred(group: Group, inferred: dict[str, Inferred]) -> Inferred:
    """Return what is known of a group; of merged folders, what is known of the first."""
    if group.place in inferred:
        return inferred[group.place]
    inside = next(place for place in sorted(inferred) if place.startswith(group.place))
    return inferred[inside]


def _question(group: Group) -> dict[str, Any]:
    kind = group.kind
    return {
        "format": kind.format,
        "paths": [f"file:{path}" for path in group.files],
        "delimiter": kind.delimiter,
        "header": kind.header,
        "multi_line": kind.multi_line,
    }
