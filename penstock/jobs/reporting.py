"""What every job is told."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.arguments import JobArgs, arg


@dataclass(frozen=True, kw_only=True)
class ReportingArgs(JobArgs):
    """What every job is told: where it leaves its document."""

    report_uri: str = arg("where the job's report goes, written last")
