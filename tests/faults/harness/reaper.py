"""The reaper's next run, brought forward, and without the minutes of grace that it gives a run's own teardown."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.faults.harness.airflow import until
from tests.faults.harness.run import FINAL, Run

HOUSEKEEPING = "housekeeping"
REAPER_SECONDS = 120.0


def reap(run: Run) -> bool:
    """Have the lane's housekeeping run and wait for its end; False if the lane has none."""
    if not run.lane.ours:
        return False
    dag_id = f"{HOUSEKEEPING}_{run.lane.name}"
    run_id = f"{run.run_id}-{datetime.now(UTC):%H%M%S%f}"
    run.api.trigger(dag_id, run_id, conf={"grace_minutes": 0})
    until(lambda: run.api.run(dag_id, run_id)["state"] in FINAL, REAPER_SECONDS, f"the end of {dag_id}", pause=0.5)
    run.reaper_log = run.api.log(dag_id, run_id, "reap_clusters", 1)
    return True
