"""A run's output where Glue leaves it: in CloudWatch Logs, in a stream named like the run, while the run goes on."""

from pathlib import Path
from typing import Any

from moto.core.utils import unix_time_millis

from local_aws.glue.jobs import LOG_GROUP
from local_aws.runtime import Workspace


class LogStreams:
    """The streams of one run's standard output and standard error."""

    def __init__(self, logs_backend: Any, run_id: str, workspace: Workspace) -> None:
        self._logs = logs_backend
        self._run_id = run_id
        self._files = {f"{LOG_GROUP}/output": workspace.stdout, f"{LOG_GROUP}/error": workspace.stderr}
        self._read: dict[str, int] = dict.fromkeys(self._files, 0)

    def publish(self, *, ended: bool = False) -> None:
        """Write the lines that came since the last time; a line without its end waits for the end of the run."""
        now = int(unix_time_millis())
        for group, file in self._files.items():
            if group not in self._logs.groups:
                self._logs.create_log_group(group, {})
            self._logs.ensure_log_stream(group, self._run_id)
            events = [{"timestamp": now, "message": line} for line in self._new_lines(group, file, ended=ended)]
            if events:
                self._logs.put_log_events(group, self._run_id, events)

    def _new_lines(self, group: str, file: Path, *, ended: bool) -> list[str]:
        if not file.exists() or file.stat().st_size == self._read[group]:
            return []
        with file.open("rb") as source:
            source.seek(self._read[group])
            found = source.read()
        if not ended:
            found = found[: found.rfind(b"\n") + 1]
        self._read[group] += len(found)
        return [line for line in found.decode(errors="replace").splitlines() if line]
