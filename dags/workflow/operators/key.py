"""What makes two attempts the same work: the key of a step or a job run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflow.operators.waiting import generation

if TYPE_CHECKING:
    from airflow.sdk import Context


@dataclass(frozen=True, kw_only=True)
class Key:
    """A task instance, how often a user has cleared it, and what exactly it asks for."""

    task: str
    generation: int
    request: str

    @classmethod
    def of(cls, context: Context, deployment: str, request: Any) -> Key:
        """The key of what a task asks AWS for; `request` is anything that JSON takes."""
        ti = context["ti"]
        task = task_digest(deployment, ti.dag_id, ti.run_id, ti.task_id, -1 if ti.map_index is None else ti.map_index)
        return cls(task=task, generation=generation(context), request=_digest(request))

    def __str__(self) -> str:
        """As it is written on steps and job runs."""
        return f"{self.task}.{self.generation}.{self.request}"

    def is_of_same_task(self, other: str) -> bool:
        """Whether another key, as text, is of the same task, be it of an earlier generation or another request."""
        return other.startswith(f"{self.task}.")


def task_digest(deployment: str, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> str:
    """What the keys of a task instance begin with; an unmapped task has Airflow's map index -1."""
    return _digest([deployment, dag_id, run_id, task_id, map_index])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:10]
