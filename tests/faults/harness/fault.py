"""What a fault of the matrix is, and how one run is taken through it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.faults.harness.outcome import Outcome
from tests.faults.harness.reaper import reap
from tests.faults.harness.run import FINAL, Run
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    """What a person does once clusters have been counted, without which the run would never end."""

    def concerns(self, variant: str) -> bool:
        """Whether the variant can meet it."""
        return variant.endswith(self.only)


def take(stack: FaultStack, fault: Fault, variant: str) -> Outcome:
    """Take one variant through a fault, and clean up after it."""
    lane = stack.lanes[variant]
    run = Run(stack=stack, lane=lane, fault=fault.name, patience=fault.patience, conf=dict(fault.conf))
    try:
        fault.inject(run)
        state = "" if fault.recover else run.until_over(OVER_SECONDS)
        lane.clear_faults()
        rest = _come_to_rest(run)
        if fault.recover:
            fault.recover(run)
            state = run.until_over(OVER_SECONDS)
        return _sum_up(run, fault, state, rest)
    finally:
        _clean_up(run)


@dataclass(frozen=True, kw_only=True)
class _Rest:
    """The clusters when nothing goes on any more, before and after the reaper, and when that was reached."""

    at_end: int
    left: int
    moment: datetime


def _come_to_rest(run: Run) -> _Rest:
    over = datetime.now(UTC)
    at_end = left = run.until_settled()
    if left and reap(run):
        left = run.until_settled()
    ends = [each.ended for each in run.clusters() if each.ended]
    return _Rest(at_end=at_end, left=left, moment=max([*ends, over]))


def _sum_up(run: Run, fault: Fault, state: str, rest: _Rest) -> Outcome:
    completions = run.completions()
    safe = None if rest.left or not run.struck else round((rest.moment - run.struck).total_seconds(), 1)
    return Outcome(
        fault=fault.name,
        variant=run.lane.name,
        run_state=state,
        tasks=run.task_ends(),
        clusters_at_end=rest.at_end,
        clusters_left=rest.left,
        completions=completions,
        duplicate_completions=max(0, completions - 1),
        seconds_until_safe=safe,
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
