"""What a run found, as JSON-shaped data: built from the run's documents, shown by `report.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from penstock.codec import encode
from tools.errors import ToolError
from tools.runs.timing import describe_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.cost import Cost
    from tools.datasets.dataset import Dataset
    from tools.demo.outputs import ModelOutputs, RunOutputs
    from tools.runs.clock import Clock
    from tools.runs.follow import FinishedRun

_TRAINS = ".train_model"
_SHOWN_ITEMS = 10


def summarise(
    run: FinishedRun, outputs: RunOutputs, dataset: Dataset, clock: Clock, *, user: int | None, tables: dict[str, int]
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
        "tables": tables,
        "cost": _cost(outputs.cost()),
    }
    return {**describe_run(run, clock), **found}  # in this order, so that the clock has seen all of it


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
