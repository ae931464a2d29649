"""A stream of generated events, and whether what it counted is what a batch computation counts."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from penstock.jobs import StreamArgs
from penstock.layout import Stream
from penstock.streaming import BatchReport
from tools.datasets.event_files import Facts, Shape, generate, names


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Files of events in a folder, and a stream over them; `folder` is what the URIs stand for."""

    folder: Path
    uri: str
    facts: Facts

    @classmethod
    def build(cls, folder: Path, uri: str, shape: Shape):
        (folder / "events").mkdir(parents=True)
        facts = generate(folder / "made", shape)
        scene = cls(folder=folder, uri=uri, facts=facts)
        scene.deliver(0, shape.files)
        return scene

    def deliver(self, first, last):
        """Let files arrive, in their order: Spark takes the older first, and two of one millisecond in any order."""
        now = time.time()
        for number, name in enumerate(names(self.facts.shape)[first:last]):
            os.utime(self.folder / "made" / name, (now, now + number / 100))
            (self.folder / "made" / name).rename(self.folder / "events" / name)

    def arguments(self, **values):
        locations = {"events_uri": f"{self.uri}/events", "stream_uri": self.stream.uri}
        fixed = {**locations, "report_uri": f"{self.uri}/report.json", "run_id": "test", "lease_seconds": 0.4}
        return StreamArgs(**{**fixed, **values})

    @property
    def stream(self):
        return Stream(f"{self.uri}/stream")

    def batches(self):
        """The reports of all batches, in order."""
        found = sorted((self.folder / "stream/batches").glob("batch-*.json"))
        return [BatchReport.from_json(each.read_text(), str(each)) for each in found]

    def check(self, spark):
        """Totals and windows by the files of the tables, as any reader of Parquet sees them."""
        facts, last = self.facts, self.batches()[-1]
        counts = spark.read.parquet(f"{self.uri}/stream/counts").collect()
        still_open = spark.read.parquet(self.stream.open(last.batch)).collect() if last.open_rows else []
        quarantine = spark.read.parquet(f"{self.uri}/stream/quarantine")
        kinds = quarantine.groupBy("kind", "reason").count().collect()
        assert {(row.kind, row.reason): row["count"] for row in kinds} == {
            ("late", "older than the watermark"): facts.late,
            **{("malformed", reason): count for reason, count in facts.malformed.items()},
        }
        rows = [(row.window_start.isoformat() + "+00:00", row.action, row.events) for row in [*counts, *still_open]]
        windows = facts.windows.items()
        assert sorted(rows) == sorted((hour, action, n) for hour, found in windows for action, n in found.items())
        counted = sum(row.events for row in counts) + sum(row.events for row in still_open)
        assert facts.events == counted + quarantine.count() == last.total.events
        assert (last.total.counted, last.total.late) == (facts.counted, facts.late)
        assert last.total.balanced
