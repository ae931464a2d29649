"""Why a job failed: the last lines of its driver's log, from where AWS puts it, in the task's log.

AWS uploads the log some time after the end (EMR says every 5 minutes), so a reader must be patient.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri
from penstock.redaction import redact

if TYPE_CHECKING:
    from airflow.sdk.types import Logger

    from penstock_waits.wait import Outcome

LINES = 40
"""Shown of each stream: a Java trace with its causes takes about 30."""
SEARCHED = 400
"""Lines in which the cause is looked for: Spark logs how it shuts down after the trace."""
LOOKS = 12
"""How often a missing log is looked for, `poll_seconds` apart: 6 minutes by default, where EMR uploads every 5."""
MARGIN = timedelta(seconds=10)
"""By how much a complete log may seem older than the end of its work: clocks differ, and S3's tells whole seconds."""
_CAUSED_BY = re.compile(r"^\s*Caused by: (.+)$")
_EXCEPTION = re.compile(r"^((?:[\w$]+\.)*\w*(?:Error|Exception|Interrupt)\b.*)$")


class DriverLog(Protocol):
    """A driver's streams, wherever they lie."""

    @property
    def place(self) -> str:
        """Where a reader finds the whole log."""
        ...

    def tails(self, *, partial: bool) -> Mapping[str, list[str]] | None:
        """The last lines of each stream by its name, the more telling one first; None while there is none.

        With `partial`, also what AWS has uploaded while the work was still going on.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class LogFolder:
    """Compressed files in a folder on S3, as EMR and EMR Serverless leave them, again and again while the work runs."""

    s3: Any = field(repr=False)
    place: str
    ended: datetime | None = None
    """When the work ended, so that an upload before that is known for a part; None for any."""

    @classmethod
    def of_step(cls, s3: Any, log_uri: str, cluster_id: str, step_id: str, ended: datetime | None = None) -> LogFolder:
        """An EMR step's, below the cluster's LogUri; EMR answers an `s3n` scheme where `s3` was asked for."""
        root = log_uri.rstrip("/").replace("s3n://", "s3://")
        return cls(s3=s3, place=f"{root}/{cluster_id}/steps/{step_id}/", ended=ended)

    @classmethod
    def of_job_run(
        cls, s3: Any, log_uri: str, application_id: str, run_id: str, ended: datetime | None = None
    ) -> LogFolder:
        """An EMR Serverless job run's, below the logUri of its S3 monitoring configuration."""
        place = f"{log_uri.rstrip('/')}/applications/{application_id}/jobs/{run_id}/SPARK_DRIVER/"
        return cls(s3=s3, place=place, ended=ended)

    def tails(self, *, partial: bool) -> Mapping[str, list[str]] | None:
        """See DriverLog."""
        since = self.ended - MARGIN if self.ended and not partial else datetime.min.replace(tzinfo=UTC)
        found = {name: self._read(f"{self.place}{name}.gz", since) for name in ("stderr", "stdout")}
        there = {name: lines for name, lines in found.items() if lines is not None}
        return there or None

    def _read(self, uri: str, since: datetime) -> list[str] | None:
        bucket, key = split_uri(uri)
        try:
            found = self.s3.get_object(Bucket=bucket, Key=key)
            if found["LastModified"] < since:
                return None
            return gzip.decompress(found["Body"].read()).decode(errors="replace").splitlines()[-SEARCHED:]
        except (ClientError, BotoCoreError, OSError, EOFError, zlib.error):
            return None


@dataclass(frozen=True, kw_only=True)
class LogGroups:
    """Streams of CloudWatch Logs, as Glue leaves them: one per job run in each of two groups."""

    logs: Any = field(repr=False)
    group: str
    """What both groups' names begin with: `/aws-glue/jobs`, or the run's LogGroupName."""
    stream: str

    @property
    def place(self) -> str:
        """See DriverLog."""
        return f"CloudWatch Logs {self.group}/{{error,output}}, stream {self.stream}"

    def tails(self, *, partial: bool) -> Mapping[str, list[str]] | None:
        """See DriverLog."""
        found = {name: self._read(f"{self.group}/{name}") for name in ("error", "output")}
        there = {name: lines for name, lines in found.items() if lines is not None}
        return there or None

    def _read(self, group: str) -> list[str] | None:
        try:
            found = self.logs.get_log_events(
                logGroupName=group, logStreamName=self.stream, limit=SEARCHED, startFromHead=False
            )
        except (ClientError, BotoCoreError, OSError):
            return None
        return [line for event in found["events"] for line in event["message"].splitlines()][-SEARCHED:]


def explain(
    outcome: Outcome,
    driver: DriverLog,
    *,
    log: Logger,
    poll_seconds: float,
    until: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Log the tails and answer how the work ended, and why, for the message of the task's failure.

    A late log is waited for until `until` at most, and only if the work failed by itself: what was cancelled needs no
    explanation, and what still runs has none.
    """
    left = (until - datetime.now(UTC)).total_seconds()
    patient = outcome.ended == "failure" and outcome.state in {"FAILED", "ERROR"}
    looks = max(1, min(LOOKS, int(left / poll_seconds))) if patient else 1
    tails = _patiently(driver, log=log, looks=looks, pause=lambda: sleep(poll_seconds))
    for name, lines in tails.items():
        if lines:
            log.error("The last lines of %s of %s\n%s", name, driver.place, redact("\n".join(lines[-LINES:])))
    why = next(filter(None, (cause(lines) for lines in tails.values())), "") or outcome.reason
    return f"{describe(outcome)}: {redact(why) or 'AWS gave no reason'}. Log: {driver.place}"


def describe(outcome: Outcome) -> str:
    """The end of a wait as a clause."""
    return {
        "timeout": f"was still {outcome.state} when its time was up, and was cancelled",
        "refused": f"could not be watched, and was {outcome.state} when last seen",
    }.get(outcome.ended, f"ended as {outcome.state}")


def cause(lines: list[str]) -> str:
    """The root cause in a log: the last line that begins with an exception or with Java's `Caused by`.

    Java's innermost cause comes last, and below it, where Python code of an executor failed, Python's own line.
    """
    named = [found.group(1) for line in lines if (found := _CAUSED_BY.match(line) or _EXCEPTION.match(line))]
    return (named or [""])[-1].strip()


def _patiently(driver: DriverLog, *, log: Logger, looks: int, pause: Callable[[], None]) -> Mapping[str, list[str]]:
    for look in range(looks):
        if look:
            pause()
        tails = driver.tails(partial=look == looks - 1)
        if tails is not None:
            return tails
        if look == 0 and looks > 1:
            log.info("Waiting for AWS to upload the log: %s", driver.place)
    log.warning("There is no log yet: %s", driver.place)
    return {}
