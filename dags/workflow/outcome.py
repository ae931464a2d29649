"""Whether a run that Airflow would call a success is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from airflow.sdk import Context

FAILED = frozenset({"failed", "upstream_failed"})


def refuse_hidden_failure(context: Context) -> None:
    """Raise AirflowFailException if a task has failed and no leaf says so.

    Who marks a run as failed makes Airflow (3.3.2, set_dag_run_state_to_failed) fail the tasks that run and skip those
    that have not begun; the run then goes on for its teardown, and is decided by leaves that were only skipped.
    """
    dag, run = context["dag"], context["dag_run"]
    states = context["ti"].get_task_states(dag_id=run.dag_id, run_ids=[run.run_id])[run.run_id]
    hidden = hidden_failures(states, leaves=_leaves(dag.tasks))
    if hidden:
        raise AirflowFailException(
            f"{', '.join(hidden)} failed and what follows was skipped, because somebody ended the run: "
            "it is no success, so this task fails it. Its own work is done."
        )


def hidden_failures(states: Mapping[str, str | None], *, leaves: Collection[str]) -> list[str]:
    """The failed tasks, if none of the leaves has failed with them."""
    if any(states.get(leaf) in FAILED for leaf in leaves):
        return []
    return sorted(task for task, state in states.items() if state in FAILED)


def _leaves(tasks: Iterable[Any]) -> list[str]:
    """The tasks by which Airflow decides: nothing but teardowns follows."""
    return [
        task.task_id
        for task in tasks
        if not task.is_teardown and all(each.is_teardown for each in task.downstream_list)
    ]
