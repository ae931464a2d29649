"""Choosing hyper-parameters: every point of the grid is fitted on the training and measured on the validation rows.

pyspark.ml.tuning's own validators draw their validation rows at random; here they are the split's, as documented
in the training report, so the estimators are fitted by `Estimator.fitMultiple` and compared by MLlib's evaluators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import Candidate
from penstock.jobs import Objective
from spark_jobs.als import feedback, item_factors, user_factors
from spark_jobs.grid import point
from spark_jobs.transforms.metrics import ranking_metric, rankings, rating_metric, relevant_items
from spark_jobs.transforms.topk import collect_items, seen_by_user, top_k

if TYPE_CHECKING:
    from pyspark.ml._typing import ParamMap
    from pyspark.ml.recommendation import ALS, ALSModel
    from pyspark.sql import DataFrame

    from spark_jobs.progress import Progress

METRICS = {Objective.RANKING: "ndcg_at_k", Objective.RATING: "rmse"}
"""What candidates are compared by."""
Measure = Callable[["ALSModel"], float]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The ratings that a selection works on; `train` and `validation` are disjoint."""

    train: DataFrame
    validation: DataFrame


def select_best(
    als: ALS, maps: list[ParamMap], rows: Rows, *, objective: Objective, k: int, progress: Progress
) -> tuple[ParamMap, list[Candidate]]:
    """The best point of the grid and how each did; a grid of one point is chosen without fitting anything."""
    if len(maps) == 1:
        return maps[0], [Candidate(params=point(maps[0]), metric=None)]
    measure = _ndcg(rows, k=k) if objective is Objective.RANKING else _rmse(rows)
    values: list[float] = []
    fitted = feedback(rows.train, objective).cache()
    for index, model in als.fitMultiple(fitted, maps):
        values.append(measure(model))
        progress(f"candidate {point(maps[index])}: {METRICS[objective]} {values[index]:.4f} on the validation rows")
    fitted.unpersist()
    best = max(values) if objective is Objective.RANKING else min(values)
    candidates = [Candidate(params=point(each), metric=value) for each, value in zip(maps, values, strict=True)]
    return maps[values.index(best)], candidates


def _ndcg(rows: Rows, *, k: int) -> Measure:
    """NDCG@k of the items that training users chose in the validation rows, their training items removed."""
    seen = seen_by_user(rows.train).cache()
    relevant = relevant_items(rows.validation, 0.0).join(seen, on="user_id", how="left_semi").cache()

    def measure(model: ALSModel) -> float:
        top = top_k(user_factors(model), collect_items(item_factors(model)), k=k, seen=seen)
        return ranking_metric(rankings(top, relevant), "ndcg_at_k", k=k)

    return measure


def _rmse(rows: Rows) -> Measure:
    """RMSE over the validation rows whose user and item were trained; the same rows for every candidate."""

    def measure(model: ALSModel) -> float:
        return rating_metric(model.transform(rows.validation).where(~F.isnan("prediction")), "rmse")

    return measure
