"""What Penstock promises under every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.harness.fault import Fault
    from tests.faults.harness.outcome import Outcome


def check(fault: Fault, outcome: Outcome) -> None:
    """Nothing is left, nothing is done twice, the run ends as it should, and the log says why."""
    assert outcome.clusters_left == 0, outcome
    assert outcome.duplicate_completions == 0, outcome
    assert outcome.run_state == fault.state, outcome
    assert outcome.explains_itself, outcome
