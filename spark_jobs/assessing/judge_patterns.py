"""Judging frequent patterns by their rules: how often they apply to held-out baskets, and how often they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, judged
from spark_jobs.assessing.intervals import Draws, fixed, ratio
from spark_jobs.assessing.sums import Columns, Statistic, Sums

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.assessment import Estimates
    from spark_jobs.assessing.contender import Contender

MOST_RULES = 1_000
"""The most confident ones: every rule is looked for in every basket."""
STATISTICS = 4


def predict(case: Case, contender: Contender) -> DataFrame:
    """(items) of the baskets; the model's own `transform` would list what all its rules say, which no metric needs."""
    rows = contender.featurise(case.held_out.table)
    return rows.select(*KEYS, F.coalesce(F.col(contender.model.getItemsCol()), F.array()).alias("items"))


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """`confidence`: of the rules that apply to a basket, the share that holds; `coverage`: baskets with such a rule."""
    model = contender.model
    sums = case.add_up(_applied(rows, _rules(model)), _statistics, count=STATISTICS)
    sizes = {"itemsets": model.freqItemsets.count(), "rules": model.associationRules.count()}
    draws = _metrics(sums, 0) | {name: fixed(size, case.resamples) for name, size in sizes.items()}
    return judged(case, draws, {}, segments=case.segments(sums, _metrics))


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """None: there is no trivial set of patterns."""
    return {}


def _rules(model: Any) -> DataFrame:
    """One row with an array of the rules."""
    order = [F.desc("confidence"), F.desc("support"), F.col("antecedent"), F.col("consequent")]
    best = model.associationRules.orderBy(*order).limit(MOST_RULES)
    found: DataFrame = best.agg(F.collect_list(F.struct("antecedent", "consequent")).alias("rules"))
    return found


def _applied(rows: DataFrame, rules: DataFrame) -> DataFrame:
    items = F.col("items")
    applies = F.filter("rules", lambda rule: F.size(F.array_except(rule["antecedent"], items)) == 0)
    holds = F.filter("applying", lambda rule: F.size(F.array_except(rule["consequent"], items)) == 0)
    joined = rows.crossJoin(F.broadcast(rules)).withColumn("applying", applies)
    sizes = {"applying": F.size("applying"), "holding": F.size(holds)}
    return joined.select(*KEYS, *(size.cast("double").alias(name) for name, size in sizes.items()))


def _statistics(columns: Columns) -> list[Statistic]:
    applying = columns["applying"]
    return [
        Statistic(applying * 0 + 1),
        Statistic((applying > 0).astype(float)),
        Statistic(applying),
        Statistic(columns["holding"]),
    ]


def _metrics(sums: Sums, group: int) -> Draws:
    baskets, covered, applying, holding = (sums.of(group, each)[0] for each in range(STATISTICS))
    return {"confidence": ratio(holding, applying), "coverage": ratio(covered, baskets)}


PATTERNS = Judge(predict=predict, judge=judge, baselines=baselines)
