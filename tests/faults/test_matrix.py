"""Whatever goes wrong: no cluster is left, no step completes twice, the run ends as it should, and the log says why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.harness.fault import Fault
from tests.faults.harness.matrix import MATRIX
from tests.faults.harness.stack import LANES

CASES = [
    pytest.param(fault, lane, id=f"{fault.name}-{lane}") for fault in MATRIX for lane in LANES if fault.concerns(lane)
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("fault", "variant"), CASES)
def test_a_fault_is_survived(matrix: Any, fault: Fault, variant: str) -> None:
    outcome = matrix.outcome(fault, variant)
    print(outcome)
    if variant.startswith("plain"):
        return  # recorded for comparison
    assert outcome.clusters_left == 0, outcome
    assert outcome.duplicate_completions == 0, outcome
    assert outcome.run_state == fault.state, outcome
    assert outcome.log_reason, outcome
