"""The S3 locations of a stream, each written once. They belong to the workflow: they outlive its runs.

<root>/streams/<dag_id>/checkpoint/...               Spark's: which batch is which events
<root>/streams/<dag_id>/batches/<batch>.json         what a batch did, written last: its presence is the commit
<root>/streams/<dag_id>/plans/<batch>.json           by which values the batch is done, however often it is tried
<root>/streams/<dag_id>/counts/<batch>.parquet       windows that the batch closed, one file each
<root>/streams/<dag_id>/open/<batch>/<...>.parquet   counts so far of windows that were open after the batch
<root>/streams/<dag_id>/quarantine/<batch>.parquet   late and malformed events, one file for each batch that had some
<root>/streams/<dag_id>/scratch/...                  what is being written
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stream:
    """The checkpoint and the outputs of one stream."""

    uri: str

    @property
    def name(self) -> str:
        """Whose stream it is."""
        return self.uri.rpartition("/")[2]

    @property
    def checkpoint(self) -> str:
        """Spark's."""
        return f"{self.uri}/checkpoint"

    @property
    def identity(self) -> str:
        """Spark's JSON with the id of the query that the checkpoint belongs to."""
        return f"{self.checkpoint}/metadata"

    @property
    def counts(self) -> str:
        """Table of closed windows: each window and action is there once, and never changes."""
        return f"{self.uri}/counts"

    def closed(self, batch: int) -> str:
        """The one file that a batch adds to `counts`."""
        return f"{self.counts}/{_name(batch)}.parquet"

    def open(self, batch: int) -> str:
        """Table of the windows that were still open after the batch."""
        return f"{self.uri}/open/{_name(batch)}"

    def still_open(self, batch: int) -> str:
        """Its one file."""
        return f"{self.open(batch)}/counts.parquet"

    @property
    def quarantine(self) -> str:
        """Table of late and malformed events."""
        return f"{self.uri}/quarantine"

    def refused(self, batch: int) -> str:
        """The one file that a batch adds to `quarantine`."""
        return f"{self.quarantine}/{_name(batch)}.parquet"

    def batch(self, batch: int) -> str:
        """BatchReport."""
        return f"{self.batches}/{_name(batch)}.json"

    @property
    def batches(self) -> str:
        """The folder of BatchReports."""
        return f"{self.uri}/batches"

    def plan(self, batch: int) -> str:
        """BatchPlan."""
        return f"{self.uri}/plans/{_name(batch)}.json"

    @property
    def scratch(self) -> str:
        """What is being written, and what a killed run left of it."""
        return f"{self.uri}/scratch"

    @property
    def lease(self) -> str:
        """Lease: which run holds the stream."""
        return f"{self.uri}/lease.json"

    @property
    def beat(self) -> str:
        """What the holder of the lease writes anew for as long as it lives."""
        return f"{self.uri}/lease-beat"

    @property
    def stop(self) -> str:
        """An object here, whatever it holds, stops the run that goes on, which removes it."""
        return f"{self.uri}/stop"


def _name(batch: int) -> str:
    """Sorted as the batches are."""
    return f"batch-{batch:010d}"
