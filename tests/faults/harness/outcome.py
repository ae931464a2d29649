"""What became of one variant of the workflow under one fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is promised is that nothing is left, nothing is done twice, the state is right and the log says why."""

    fault: str
    variant: str
    run_state: str
    """Airflow's state of the run when it ended, or `running` if it did not."""
    tasks: dict[str, str]
    """Each task's last state and the number of its attempts, as `failed 3`."""
    clusters_at_end: int
    """Clusters that were up when the run had ended."""
    clusters_left: int
    """Clusters that were still up after the reaper's next run, where there is a reaper."""
    duplicate_completions: int
    """How often the step ran to completion after it had done so once."""
    completions: int
    seconds_until_safe: float | None
    """From the fault to the end of the run and of its last cluster; None if something was left."""
    log_reason: str
    """The line of the tasks' logs, or of the scheduler's event log, that names the fault; empty if none does."""

    @property
    def explains_itself(self) -> bool:
        """Whether the log says why, if there is anything to say: a task that failed or was attempted again."""
        return bool(self.log_reason) or set(self.tasks.values()) == {"success 1"}
