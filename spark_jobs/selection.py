"""Choosing hyper-parameters: every point of the grid is fitted on the training and measured on the validation rows.

pyspark.ml.tuning's own validators draw their validation rows at random; here they are the split's, as documented
in the training report, so the estimators are fitted by `Estimator.fitMultiple` and compared by MLlib's evaluators.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.documents import Candidate
from penstock.errors import DataError
from penstock.jobs import Objective, TrainArgs
from spark_jobs.als import feedback, item_factors, user_factors
from spark_jobs.grid import Point, point
from spark_jobs.transforms.histories import seen_by_user
from spark_jobs.transforms.metrics import ranking_metric, rankings, rating_metric, relevant_items
from spark_jobs.transforms.topk import collect_items, top_k

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
    als: ALS, maps: list[ParamMap], rows: Rows, *, args: TrainArgs, progress: Progress
) -> tuple[ParamMap, list[Candidate]]:
    """The best point of the grid and how each did; a grid of one point is chosen without fitting anything.

    Raises DataError if no validation row can be measured, or a candidate's metric is not a number.
    """
    if len(maps) == 1:
        return maps[0], [Candidate(params=point(maps[0]), metric=None)]
    objective = Objective(args.objective)
    measure = _ndcg(rows, args) if objective is Objective.RANKING else _rmse(rows, args)
    values: list[float] = []
    fitted = feedback(rows.train, objective).cache()
    for index, model in als.fitMultiple(fitted, maps):
        values.append(_finite(measure(model), point(maps[index]), args))
        progress(f"candidate {point(maps[index])}: {METRICS[objective]} {values[index]:.4f} on the validation rows")
    fitted.unpersist()
    best = max(values) if objective is Objective.RANKING else min(values)
    candidates = [Candidate(params=point(each), metric=value) for each, value in zip(maps, values, strict=True)]
    return maps[values.index(best)], candidates


def _ndcg(rows: Rows, args: TrainArgs) -> Measure:
    """NDCG@k of the items that training users chose in the validation rows, their training items removed."""
    seen = seen_by_user(rows.train).cache()
    chosen = relevant_items(rows.validation, args.relevance_threshold)
    relevant = chosen.join(seen, on="user_id", how="left_semi").cache()
    if relevant.isEmpty():
        raise _nothing_to_measure(args, f"a trained user and a rating of at least {args.relevance_threshold:g}")

    def measure(model: ALSModel) -> float:
        top = top_k(user_factors(model), collect_items(item_factors(model)), k=args.k, seen=seen)
        return ranking_metric(rankings(top, relevant), "ndcg_at_k", k=args.k)

    return measure


def _rmse(rows: Rows, args: TrainArgs) -> Measure:
    """RMSE over the validation rows whose user and item have training rows; the same rows for every candidate."""
    warm = rows.validation
    for name in ("user_id", "item_id"):
        warm = warm.join(rows.train.select(name).distinct(), on=name, how="left_semi")
    warm = warm.cache()
    if warm.isEmpty():
        raise _nothing_to_measure(args, "a trained user and a trained item")

    def measure(model: ALSModel) -> float:
        return rating_metric(model.transform(warm), "rmse")

    return measure


def _nothing_to_measure(args: TrainArgs, wanted: str) -> DataError:
    return DataError(
        f"{args.ratings_uri}: the grid's candidates cannot be compared, because no validation row of the split "
        f"({args.describe_split()}) has {wanted}. Use another split, more data"
        f"{', a lower relevance threshold' if Objective(args.objective) is Objective.RANKING else ''} "
        "or a grid of one point, which needs no comparison."
    )


def _finite(value: float, candidate: Point, args: TrainArgs) -> float:
    if math.isfinite(value):
        return value
    raise DataError(
        f"{args.ratings_uri}: the candidate {candidate} has {METRICS[Objective(args.objective)]} {value} on the "
        "validation rows. Look for ratings that are not numbers, or take the candidate out of the grid."
    )
