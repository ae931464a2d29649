"""What a fault of the matrix is, and how one run is taken through it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.faults.harness.outcome import Outcome
from tests.faults.harness.reaper import reap
from tests.faults.harness.run import FINAL, Run
from tools.errors import ToolError

if TYPE_CHECKING:
    from tests.faults.harness.stack import FaultStack

CLEANING_SECONDS = 60.0
OVER_SECONDS = 150.0
"""When a run that has not ended counts as one that never will."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row of the matrix; `inject` waits for the fault's moment and lets it happen."""

    name: str
    story: str
    """What goes wrong, in words for the table."""
    inject: Callable[[Run], None]
    state: str = "success"
    """How the run should end."""
    reason: str
    """A pattern of what the log should say."""
    conf: Mapping[str, Any] = field(default_factory=dict)
    patience: str = ""
    shared: bool = False
    """Whether it strikes what all variants share, so that they take turns."""
    only: str = ""
    """The way of waiting that it can strike: `sync`, `deferrable`, or both if empty."""
    recover: Callable[[Run], None] | None = None
    """What a person does after the run has come to rest, before its end is judged."""

    def concerns(self, variant: str) -> bool:
        """Whether the variant can meet it."""
        return variant.endswith(self.only)


def take(stack: FaultStack, fault: Fault, variant: str) -> Outcome:
    """Take one variant through a fault, and clean up after it."""
    lane = stack.lanes[variant]
    run = Run(stack=stack, lane=lane, fault=fault.name, patience=fault.patience, conf=dict(fault.conf))
    try:
        fault.inject(run)
        state = run.until_over(OVER_SECONDS)
        lane.clear_faults()
        if fault.recover:
            fault.recover(run)
            state = run.until_over(OVER_SECONDS)
        return _sum_up(run, fault, state)
    finally:
        _clean_up(run)


def _sum_up(run: Run, fault: Fault, state: str) -> Outcome:
    over = datetime.now(UTC)
    at_end = left = run.until_settled()
    if left and reap(run):
        left = run.until_settled()
    ends = [each.ended for each in run.clusters() if each.ended] + [over]
    completions = run.completions()
    return Outcome(
        fault=fault.name,
        variant=run.lane.name,
        run_state=state,
        tasks=run.task_ends(),
        clusters_at_end=at_end,
        clusters_left=left,
        completions=completions,
        duplicate_completions=max(0, completions - 1),
        seconds_until_safe=None if left or not run.struck else round((max(ends) - run.struck).total_seconds(), 1),
        log_reason=run.reason(fault.reason),
    )


def _clean_up(run: Run) -> None:
    """Leave nothing for the lane's next fault to meet: no fault, no unfinished run, no cluster."""
    run.lane.clear_faults()
    with contextlib.suppress(ToolError):
        if run.state() not in FINAL:
            run.api.fail_run(run.dag_id, run.run_id)
            run.until_over(CLEANING_SECONDS)
    run.lane.end_clusters()
    run.until_settled()
