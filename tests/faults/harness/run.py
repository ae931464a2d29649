"""One run of one variant: started, watched, and summed up when it is over."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil

from tests.faults.harness.airflow import FaultsApi, kill, until, worker
from tests.faults.harness.lane import ENDED, Cluster, Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness.stack import FaultStack

MOMENT_SECONDS = 120.0
"""How long a run may take until the moment for its fault comes."""
ASKING_SECONDS = 0.5
"""Between two questions to Airflow, which has one API server for all variants; files may be read more often."""
SETTLING_SECONDS = 8.0
"""A cluster that is told to end takes a moment to do so."""
FINAL = ("success", "failed")
_AIRFLOWS_RACE = r"shouldn't be running anymore|Failed to report terminal task state"
"""What a task's log says when the scheduler took the end of a deferring half for the end of the resumed one."""
_NO_WORDS = re.compile(r"/|::")
"""What the API puts before a log: the path of its file, and the marks of groups."""


@dataclass(kw_only=True)
class Run:
    """A run of the lane's workflow; `struck` is when its fault came, `reaper_log` what the reaper said of it."""

    stack: FaultStack
    lane: Lane
    fault: str
    patience: str = ""
    conf: dict[str, Any] = field(default_factory=dict)
    struck: datetime | None = None
    reaper_log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know what was there before."""
        self.dag_id = f"{self.lane.name}{self.patience}"
        self.run_id = f"run-{datetime.now(UTC):%H%M%S%f}"
        self._before = {each.id for each in self.lane.clusters()}

    @property
    def api(self) -> FaultsApi:
        """Airflow's API."""
        return self.stack.api

    def start(self) -> None:
        """Trigger it."""
        self.api.trigger(self.dag_id, self.run_id, conf=self.conf)

    def strike(self, action: Callable[[], Any] | None = None) -> None:
        """Remember that the fault comes now, and do it."""
        self.struck = datetime.now(UTC)
        if action:
            action()

    # What happens to it.

    def clusters(self) -> list[Cluster]:
        """The clusters that were made for it."""
        return [each for each in self.lane.clusters() if each.id not in self._before]

    def clusters_up(self) -> list[Cluster]:
        """Those that have not ended."""
        return [each for each in self.clusters() if each.state not in ENDED]

    def until_cluster(self, *states: str) -> Cluster:
        """Wait for a cluster, in one of the states if any are given."""
        found: Cluster = self._until(
            lambda: next((each for each in self.clusters() if not states or each.state in states), None),
            f"a cluster in {states or 'any state'}",
        )
        return found

    def until_step(self, *states: str) -> None:
        """Wait for a step, in one of the states if any are given."""
        self._until(
            lambda: any(not states or each in states for one in self.clusters() for each in one.steps.values()),
            f"a step in {states or 'any state'}",
        )

    def until_begun(self) -> None:
        """Wait until the step itself says that it works."""
        self._until(lambda: "begin" in self._ledger(), "the step's first line in the ledger")

    def until_task(self, task_id: str, *states: str) -> dict[str, Any]:
        """Wait for a task's state."""
        found: dict[str, Any] = self._until(
            lambda: next(
                (each for each in self.tasks() if each["task_id"] == task_id and each["state"] in states), None
            ),
            f"{task_id} in {states}",
            pause=ASKING_SECONDS,
        )
        return found

    def kill_worker(self, task_id: str) -> None:
        """SIGKILL the worker that runs a task, and the task with it."""
        running = self.until_task(task_id, "running")
        pid = self._until(lambda: running["pid"] or self._task(task_id)["pid"], f"the process of {task_id}")
        try:
            doomed = worker(pid)
        except psutil.NoSuchProcess as error:
            raise TimeoutError(f"{task_id} was over before it could be killed") from error
        self.strike(lambda: kill(doomed))

    # What became of it.

    def task_ends(self) -> dict[str, str]:
        """Each task's last state and how many attempts it took."""
        return {each["task_id"]: f"{each['state']} {each['try_number']}" for each in self.tasks()}

    def tasks(self) -> list[dict[str, Any]]:
        """Its task instances."""
        return self.api.tasks(self.dag_id, self.run_id)

    def state(self) -> str:
        """Airflow's word."""
        return str(self.api.run(self.dag_id, self.run_id)["state"])

    def until_over(self, seconds: float) -> str:
        """Wait for its end, and return its state, whatever it is when the time is over."""
        deadline = time.monotonic() + seconds
        while (state := self.state()) not in FINAL and time.monotonic() < deadline:
            time.sleep(ASKING_SECONDS)
        return state

    def until_settled(self) -> int:
        """How many clusters are up, once those that are ending have ended."""
        deadline = time.monotonic() + SETTLING_SECONDS
        while (left := len(self.clusters_up())) and time.monotonic() < deadline:
            time.sleep(0.2)
        return left

    def completions(self) -> int:
        """How often the step ran to its end, by its own word."""
        return self._ledger().count("end\n")

    def reason(self, pattern: str) -> str:
        """The first line, of any attempt's log, the scheduler's notes or the reaper's log, that the pattern fits."""
        said = [line for task in self.tasks() for line in self._log(task)]
        said += [*self.api.events(self.dag_id, self.run_id), *self.reaper_log]
        lines = [line for each in said for line in each.splitlines()]
        found = (line.strip() for wanted in (pattern, _AIRFLOWS_RACE) for line in lines if re.search(wanted, line))
        return next((line for line in found if not _NO_WORDS.match(line)), "")

    def _log(self, task: dict[str, Any]) -> list[str]:
        task_id = task["task_id"]
        tries = range(1, task["try_number"] + 1)
        return [line for number in tries for line in self.api.log(self.dag_id, self.run_id, task_id, number)]

    def _task(self, task_id: str) -> dict[str, Any]:
        return next(each for each in self.tasks() if each["task_id"] == task_id)

    def _ledger(self) -> str:
        path = self.stack.ledger / self.lane.name / self.run_id
        return path.read_text() if path.exists() else ""

    def _until(self, condition: Callable[[], Any], what: str, *, pause: float = 0.05) -> Any:
        return until(condition, MOMENT_SECONDS, f"{what} of {self.dag_id} {self.run_id}", pause=pause)
