"""Every fault, over Penstock's operators and, for comparison, over the provider's own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.harness import promise
from tests.faults.harness.matrix import MATRIX
from tests.faults.harness.stack import LANES

if TYPE_CHECKING:
    from tests.faults.harness.fault import Fault

pytestmark = pytest.mark.timeout(7200)

IN_TURN = sorted(MATRIX, key=lambda fault: fault.shared)
"""In the order in which outcomes come."""
CASES = [
    pytest.param(fault, lane, id=f"{fault.name}-{lane}") for fault in IN_TURN for lane in LANES if fault.concerns(lane)
]


@pytest.mark.parametrize(("fault", "variant"), CASES)
def test_a_fault_is_survived_or_recorded(campaign: Any, fault: Fault, variant: str) -> None:
    outcome = campaign.outcome(fault, variant)
    sys.stdout.write(f"{outcome}\n")
    if variant.startswith("penstock"):
        promise.check(fault, outcome)
