"""A run's output where Glue leaves it: in CloudWatch Logs, in a stream named like the run."""

from typing import Any

from moto.core.utils import unix_time_millis

from local_aws.glue.jobs import LOG_GROUP
from local_aws.runtime import Workspace


def publish(logs_backend: Any, run_id: str, workspace: Workspace) -> None:
    """Write standard output and standard error to their log groups, line by line."""
    for group, file in ((f"{LOG_GROUP}/output", workspace.stdout), (f"{LOG_GROUP}/error", workspace.stderr)):
        now = int(unix_time_millis())
        if group not in logs_backend.groups:
            logs_backend.create_log_group(group, {})
        logs_backend.ensure_log_stream(group, run_id)
        events = [{"timestamp": now, "message": line} for line in workspace.read(file).splitlines() if line]
        logs_backend.put_log_events(group, run_id, events)
