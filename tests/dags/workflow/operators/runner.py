"""A task's attempts as Airflow makes them, without its servers: each in a new operator, deferred through a trigger."""

import asyncio
import contextvars
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import TaskDeferred
from airflow.sdk.serde import deserialize, serialize

from penstock_waits.trigger import WaitTrigger

BUCKET = "penstock-tests"
LOGS = f"s3://{BUCKET}/logs"
BASICS = {
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
    "LogUri": LOGS,
    "StepConcurrencyLevel": 20,
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "ServiceRole": "EMR_DefaultRole",
}
POLL = 0.05
Make = Callable[[], BaseOperator]


@dataclass
class TaskInstance:
    """What the operators read of one; `cleared` is how often a user has cleared it."""

    task: BaseOperator
    run_id: str
    try_number: int = 1
    cleared: int = 0
    dag_id: str = "movie_recommender"
    map_index: int = -1
    xcoms: dict[str, Any] = field(default_factory=dict)

    @property
    def task_id(self) -> str:
        return self.task.task_id

    @property
    def max_tries(self) -> int:
        return int(self.task.retries or 0) + self.cleared

    def xcom_push(self, key: str, value: Any) -> None:
        self.xcoms[key] = value


@dataclass
class Attempt:
    """One attempt of a task of a run."""

    make: Make
    run_id: str = field(default_factory=lambda: f"manual__{uuid.uuid4().hex}")
    try_number: int = 1
    cleared: int = 0

    def context(self, operator: BaseOperator) -> Any:
        operator._cached_logger = logging.getLogger(
            "airflow.task"
        )  # where Airflow's own goes past what pytest captures
        ti = TaskInstance(operator, self.run_id, self.try_number, self.cleared)
        return {"ti": ti, "task_instance": ti, "task": operator}

    def start(self, operator: BaseOperator) -> Any:
        """The first call in the worker; raises TaskDeferred if the operator defers."""
        context = self.context(operator)
        operator.pre_execute(context)
        within = contextvars.copy_context()
        within.run(ExecutorSafeguard.tracker.set, operator)  # as Airflow's task runner does
        return within.run(operator.execute, context)

    def run(self) -> Any:
        """To its end, in whatever mode."""
        try:
            return self.start(self.make())
        except TaskDeferred as raised:
            deferred = raised
        while True:
            try:
                return self.resume(deferred, event=fire(handed_over(deferred)))
            except TaskDeferred as again:
                deferred = again

    def resume(self, deferred: TaskDeferred, **kwargs: Any) -> Any:
        """In another worker, which has nothing but what was stored."""
        operator = self.make()
        context = self.context(operator)
        operator.pre_execute(context)
        stored = deserialize(serialize({**(deferred.kwargs or {}), **kwargs}))
        return operator.resume_execution(deferred.method_name, stored, context)


def handed_over(deferred: TaskDeferred) -> WaitTrigger:
    """The trigger as the triggerer gets it."""
    path, kwargs = deferred.trigger.serialize()
    assert path == "penstock_waits.trigger.WaitTrigger"
    return WaitTrigger(**deserialize(serialize(kwargs)))


def fire(trigger: WaitTrigger) -> Any:
    """What it fires with."""

    async def first() -> Any:
        async for event in trigger.run():
            return event.payload
        raise AssertionError("it never fired")

    return asyncio.run(first())


def until(ask: Callable[[], Any], expected: Any, seconds: float = 15) -> None:
    """Assert that something becomes so."""
    deadline = time.monotonic() + seconds
    while (found := ask()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == expected
