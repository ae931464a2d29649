"""The quick part of the matrix: one fault of each group, two in each way of waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.harness import promise
from tests.faults.harness.matrix import MATRIX

if TYPE_CHECKING:
    from tests.faults.harness.fault import Fault

QUICK = {
    "worker_killed_after_run_job_flow": "penstock_sync",
    "run_marked_failed": "penstock_sync",
    "cluster_lost_running": "penstock_deferrable",
    "TerminateJobFlows_throttled": "penstock_deferrable",
}
CASES = [pytest.param(each, QUICK[each.name], id=each.name) for each in MATRIX if each.name in QUICK]


@pytest.mark.parametrize(("fault", "variant"), CASES)
def test_a_fault_is_survived(campaign: Any, fault: Fault, variant: str) -> None:
    promise.check(fault, campaign.outcome(fault, variant))
