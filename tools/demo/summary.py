"""What a run found, as JSON-shaped data: built from the run's documents, shown by `report.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from penstock.codec import encode
from tools.demo.aws_work import busy_seconds
from tools.demo.view import started_after, took_seconds
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.cost import Cost
    from tools.data import Dataset
    from tools.demo.clock import Clock
    from tools.demo.follow import FinishedRun
    from tools.demo.outputs import ModelOutputs, RunOutputs

_TRAINS = ".train_model"
_SHOWN_ITEMS = 10


def summarise(
    run: FinishedRun, outputs: RunOutputs, dataset: Dataset, clock: Clock, *, user: int | None
) -> dict[str, Any]:
    """Everything about a successful run; raises ToolError if an output is missing or `user` has no scores."""
    data = outputs.data()
    models = sorted(map(outputs.model, model_names(run)), key=lambda each: each.evaluation.objective)
    found = {
        "data": dataset.facts(),
        "rows": {name: encode(counts) for name, counts in data.sources.items()},
        "quarantined_by_reason": data.quarantined_by_reason,
        "users": data.users,
        "items": data.items,
        "models": {each.name: _model(each) for each in models},
        "recommendations": _recommendations(outputs, models, user),
        "cost": _cost(outputs.cost()),
    }
    return {**describe_run(run, clock), **found}  # in this order, so that the clock has seen all of it


def describe_run(run: FinishedRun, clock: Clock) -> dict[str, Any]:
    """State and times of a run, whether it succeeded or not."""
    return {
        "state": run.state,
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "began": run.began.isoformat(),
        "ended": run.ended.isoformat(),
        "timing": _timing(run, clock),
        "tasks": [_task(each, run) for each in run.tasks],
        "work": [
            {"service": each.service, "name": each.name, "state": each.state, "seconds": _length(each)}
            for each in run.work
        ],
    }


def _timing(run: FinishedRun, clock: Clock) -> dict[str, float | None]:
    """Seconds: of the run (`wall`), of it with AWS's work and without, of the stack's start, of the whole command."""
    wall = (run.ended - run.began).total_seconds()
    busy = busy_seconds(run.work, run.began, run.ended)
    return {
        "wall_seconds": round(wall, 2),
        "aws_seconds": round(busy, 2),
        "orchestration_seconds": round(wall - busy, 2),
        "orchestration_share": round((wall - busy) / wall, 4) if wall else None,
        "stack_seconds": round(clock.stack_seconds, 2),
        "total_seconds": round(clock.total_seconds, 2),
    }


def _task(task: dict[str, Any], run: FinishedRun) -> dict[str, Any]:
    return {
        "task_id": task["task_id"],
        "state": task["state"],
        "after_seconds": _rounded(started_after(task, run.began)),
        "seconds": _rounded(took_seconds(task)),
    }


def model_names(run: FinishedRun) -> list[str]:
    """The models that the workflow trains, by its task groups."""
    return [each["task_id"].removesuffix(_TRAINS) for each in run.tasks if each["task_id"].endswith(_TRAINS)]


def _model(outputs: ModelOutputs) -> dict[str, Any]:
    evaluation, verdict = outputs.evaluation, outputs.verdict
    return {
        "objective": evaluation.objective,
        "fit_for": evaluation.fit_for,
        "promoted": bool(verdict and verdict.promote),
        "checks": encode(verdict.checks) if verdict else [],
        "best": outputs.training.best,
        "split": evaluation.split,
        "k": evaluation.k,
        "relevance_threshold": evaluation.relevance_threshold,
        "held_out": encode(evaluation.held_out),
        "challenger": encode(evaluation.challenger),
        "champion": encode(evaluation.champion),
        "baselines": encode(evaluation.baselines),
        "scores": encode(outputs.scores) if outputs.scores else None,
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "usd": cost.usd,
        "unknown": cost.unknown,
        "simulated": cost.simulated,
        "prices_source": cost.prices_source,
        "prices_date": cost.prices_date,
    }


def _recommendations(outputs: RunOutputs, models: Iterable[ModelOutputs], user: int | None) -> dict[str, Any] | None:
    """One user's top items with titles; None if the run scored nobody because its model was not promoted."""
    scored = [each for each in models if each.scores]
    if not scored:
        return None
    table = outputs.table(outputs.run.scores(scored[0].name), ["user_id", "rank", "item_id", "score"])
    chosen = pc.min(table["user_id"]).as_py() if user is None else user
    rows = table.filter(pc.equal(table["user_id"], chosen)).sort_by("rank").slice(0, _SHOWN_ITEMS).to_pylist()
    if not rows:
        raise ToolError(f"User {chosen} has no recommendations; the first user is {pc.min(table['user_id']).as_py()}")
    titles = outputs.titles()
    items = [{**row, "title": titles.get(row["item_id"], "?")} for row in rows]
    return {"model": scored[0].name, "user": chosen, "items": items}


def _length(work: Any) -> float | None:
    return _rounded((work.ended - work.began).total_seconds()) if work.began and work.ended else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
