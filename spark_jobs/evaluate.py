"""EMR step: judge challenger, champion and trivial baselines on the same held-out rows."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import Evaluation, HeldOut, Metrics
from penstock.errors import DataError
from penstock.jobs import EvaluateArgs, Objective
from penstock.tables import MOVIES, RATINGS
from spark_jobs.als import load_model
from spark_jobs.contest import Contest, Judged, prepare
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, read_table, size_of, write_document
from spark_jobs.transforms.fingerprint import as_text, hash_sum
from spark_jobs.transforms.resample import interval
from spark_jobs.transforms.split import PART, TEST, with_parts

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession

    from penstock.estimate import Estimate

GLOBAL_MEAN, POPULARITY = "global_mean", "popularity"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Sizes of both sides of the split, the held-out rows' fingerprint and the mean training rating."""

    training: int
    held_out: int
    fingerprint: str
    mean: float


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(EvaluateArgs, run, argv)


def run(spark: SparkSession, args: EvaluateArgs) -> Evaluation:
    """Read, judge, report; raises DataError if a model cannot be read or no row is held out."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    fit_shuffles(spark, size_of(spark, args.ratings_uri))
    models = load_contenders(args)
    parts = with_parts(read_table(spark, args.ratings_uri, RATINGS), args).cache()
    summary = summarise(parts, args)
    movies = read_table(spark, args.movies_uri, MOVIES) if args.movies_uri else None
    contest = prepare(parts, k=args.k, relevance_threshold=args.relevance_threshold, mean=summary.mean, movies=movies)
    held_out = _held_out(contest, parts, summary, args)
    progress(f"{held_out.rows:,} rows held out, {held_out.cold_start_rows:,} of them cold; {held_out.users:,} users")
    results = judge_all(contest, models, resamples=args.resamples, progress=progress)
    evaluation = describe_evaluation(args, held_out, results, seconds=progress.seconds)
    write_document(spark, evaluation, args.report_uri)
    progress(f"fit for: {', '.join(evaluation.fit_for) or 'nothing'}; written to {args.report_uri}")
    return evaluation


def load_contenders(args: EvaluateArgs) -> dict[str, ALSModel]:
    """The challenger and, if there is one, the champion, by location; raises DataError saying which cannot be read."""
    models = {args.model_uri: load_model(args.model_uri)}
    if args.champion_model_uri and args.champion_model_uri not in models:
        try:
            models[args.champion_model_uri] = load_model(args.champion_model_uri)
        except DataError as error:
            raise DataError(
                f"the champion {error}. In the model registry, move the alias `champion` of this model to a version "
                "that can be read, or remove the alias to go without a champion; then start a new run."
            ) from error
    return models


def judge_all(
    contest: Contest, models: Mapping[str, ALSModel], *, resamples: int, progress: Progress
) -> dict[str, Judged]:
    """Every model by its location, and the trivial baselines by their names."""
    results: dict[str, Judged] = {}
    for uri, model in models.items():
        results[uri] = contest.judge(model, resamples=resamples)
        progress(f"{uri}: {_show(results[uri].metrics)}")
    for name, judged in ((GLOBAL_MEAN, contest.judge_global_mean()), (POPULARITY, contest.judge_popularity())):
        results[name] = judged
        progress(f"{name}: {_show(judged.metrics)}")
    return results


def describe_evaluation(
    args: EvaluateArgs, held_out: HeldOut, results: Mapping[str, Judged], *, seconds: float
) -> Evaluation:
    """Everything that is known about the contest."""
    baselines = {name: results[name].metrics for name in (GLOBAL_MEAN, POPULARITY)}
    challenger, champion = results[args.model_uri], results.get(args.champion_model_uri)
    return Evaluation(
        objective=args.objective,
        model_uri=args.model_uri,
        split=args.describe_split(),
        k=args.k,
        relevance_threshold=args.relevance_threshold,
        held_out=held_out,
        challenger=challenger.metrics,
        champion=champion.metrics if champion else None,
        champion_model_uri=args.champion_model_uri,
        baselines=baselines,
        intervals=intervals(challenger, None, args),
        gains=intervals(challenger, champion, args) if champion else {},
        resamples=args.resamples,
        confidence=args.confidence,
        fit_for=fit_for(challenger.metrics, baselines),
        seconds=seconds,
        code_sha=args.code_sha,
    )


def intervals(challenger: Judged, champion: Judged | None, args: EvaluateArgs) -> dict[str, Estimate]:
    """Each metric of the challenger, or what it gains over the champion in each resample; empty without resamples."""
    if not args.resamples:
        return {}
    less = champion.samples if champion else dict.fromkeys(challenger.samples, 0.0)
    samples = {name: each - less[name] for name, each in challenger.samples.items()}
    return {name: interval(each, confidence=args.confidence) for name, each in samples.items()}


def summarise(parts: DataFrame, args: EvaluateArgs) -> Summary:
    """One pass over the split rows; raises DataError if either side of the split is empty."""
    tested = (F.col(PART) == TEST).alias("tested")
    aggregates = (F.count("*").alias("rows"), F.sum("rating").alias("total"), hash_sum(list(RATINGS)).alias("hash"))
    found = {row["tested"]: row for row in parts.groupBy(tested).agg(*aggregates).collect()}
    training, held_out = found.get(False), found.get(True)
    if training is None or held_out is None:
        side = "held out" if training else "for training"
        raise DataError(
            f"{args.ratings_uri}: the split ({args.describe_split()}) leaves no row {side}. "
            "Use another split or more data."
        )
    return Summary(
        training=training["rows"],
        held_out=held_out["rows"],
        fingerprint=as_text(held_out["hash"]),
        mean=training["total"] / training["rows"],
    )


def fit_for(challenger: Metrics, baselines: dict[str, Metrics]) -> list[str]:
    """The objectives in which the challenger beats the trivial baseline: NDCG over popularity, RMSE under the mean."""
    ndcg, popular = challenger["ndcg_at_k"], baselines[POPULARITY]["ndcg_at_k"]
    rmse, mean = challenger["rmse"], baselines[GLOBAL_MEAN]["rmse"]
    ranks = ndcg is not None and popular is not None and ndcg > popular
    rates = rmse is not None and mean is not None and rmse < mean
    return [goal.value for goal, good in ((Objective.RANKING, ranks), (Objective.RATING, rates)) if good]


def _held_out(contest: Contest, parts: DataFrame, summary: Summary, args: EvaluateArgs) -> HeldOut:
    users = contest.users.count()
    if not users:
        raise DataError(
            f"{args.ratings_uri}: none of the {summary.held_out:,} held-out rows has a trained user and a rating of at "
            f"least {args.relevance_threshold:g}. Lower the relevance threshold or use another split."
        )
    return HeldOut(
        rows=summary.held_out,
        cold_start_rows=summary.held_out - contest.warm.count(),
        users=users,
        cold_start_users=contest.cold_users,
        fingerprint=summary.fingerprint,
    )


def _show(metrics: Metrics) -> str:
    return ", ".join(f"{name} {'undefined' if value is None else f'{value:.4f}'}" for name, value in metrics.items())


if __name__ == "__main__":
    main(sys.argv[1:])
