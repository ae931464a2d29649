"""One contest between recommenders: the same held-out rows, candidates and users for every contender."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import functions as F

from spark_jobs.als import item_factors, user_factors
from spark_jobs.transforms.histories import seen_by_user
from spark_jobs.transforms.judged_lists import judge_lists
from spark_jobs.transforms.kernel import Items
from spark_jobs.transforms.lists import Catalogue, genre_vectors
from spark_jobs.transforms.metrics import Samples, list_samples, rating_samples, relevant_items, values_of
from spark_jobs.transforms.split import PART, TEST, training_rows
from spark_jobs.transforms.topk import collect_items

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame

    from penstock.documents import Metrics


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the held-out rows say about one contender."""

    metrics: Metrics
    samples: Samples = field(default_factory=dict)
    """Of every metric but coverage, which is of all users together."""


@dataclass(frozen=True, kw_only=True)
class Contest:
    """What every contender is judged by; the tables are cached, because every contender uses them."""

    warm: DataFrame
    """Held-out rows (user_id, item_id, rating) whose user and item have training rows."""
    users: DataFrame
    """(user_id, seen, wanted): each user's training items, and what the user chose in the held-out rows."""
    cold_users: int
    """How many users chose something in the held-out rows but have no training row."""
    popularity: Items
    """The training items, with their number of training ratings as the only factor."""
    catalogue: Catalogue
    """The same items, with what else is known about them."""
    mean: float
    """The mean training rating."""
    k: int

    def judge(self, model: ALSModel, *, resamples: int) -> Judged:
        """Every metric; a warm row that the model cannot predict (an older champion) gets the mean training rating."""
        rating, ranking = self._rating(model, resamples), self.judge_ranking(model, resamples=resamples)
        return Judged(metrics={**rating.metrics, **ranking.metrics}, samples={**rating.samples, **ranking.samples})

    def judge_ranking(self, model: ALSModel, *, resamples: int) -> Judged:
        """The metrics of the lists alone."""
        users = self.users.join(user_factors(model), on="user_id", how="left")
        items = collect_items(item_factors(model)).only(self.popularity.ids)
        return self._ranking(users, items, resamples)

    def judge_global_mean(self) -> Judged:
        """The mean training rating as the prediction of every row."""
        samples = rating_samples(self.warm.withColumn("prediction", F.lit(self.mean)), 0)
        return Judged(metrics=values_of(samples))

    def judge_popularity(self) -> Judged:
        """The items with most training ratings for everyone: a model of rank 1 whose users are all alike."""
        users = self.users.withColumn("features", F.array(F.lit(1.0).cast("float")))
        return self._ranking(users, self.popularity, 0)

    def _rating(self, model: ALSModel, resamples: int) -> Judged:
        prediction = F.nanvl(F.col("prediction").cast("double"), F.lit(self.mean))
        samples = rating_samples(model.transform(self.warm).withColumn("prediction", prediction), resamples)
        return Judged(metrics=values_of(samples), samples=samples)

    def _ranking(self, users: DataFrame, items: Items, resamples: int) -> Judged:
        judged = judge_lists(users, items, self.catalogue, k=self.k, resamples=resamples)
        samples = list_samples(judged.sums)
        coverage = judged.shown / len(self.popularity.ids)
        return Judged(metrics={**values_of(samples), "coverage": coverage}, samples=samples)


def prepare(
    parts: DataFrame, *, k: int, relevance_threshold: float, mean: float, movies: DataFrame | None = None
) -> Contest:
    """The contest over ratings with a column `part`; diversity is undefined without `movies` (item_id, genres)."""
    training, held_out = training_rows(parts), parts.where(F.col(PART) == TEST)
    seen = seen_by_user(training).withColumnRenamed("item_ids", "seen").cache()
    popularity = _popularity(training)
    known = training.select("item_id").distinct()
    warm = held_out.join(seen, on="user_id", how="left_semi").join(F.broadcast(known), on="item_id", how="left_semi")
    relevant = relevant_items(held_out, relevance_threshold).withColumnRenamed("item_ids", "wanted").cache()
    return Contest(
        warm=warm.select("user_id", "item_id", "rating").cache(),
        users=seen.join(relevant, on="user_id", how="inner").cache(),
        cold_users=relevant.join(seen, on="user_id", how="left_anti").count(),
        popularity=popularity,
        catalogue=_catalogue(popularity, seen.count(), movies),
        mean=mean,
        k=k,
    )


def _popularity(training: DataFrame) -> Items:
    counts: Any = training.groupBy("item_id").agg(F.count("*").alias("ratings")).toPandas()
    counts = counts.sort_values("item_id")
    factors = counts["ratings"].to_numpy(dtype=np.float32).reshape(-1, 1)
    return Items(ids=counts["item_id"].to_numpy(dtype=np.int32), factors=factors)


def _catalogue(popularity: Items, users: int, movies: DataFrame | None) -> Catalogue:
    ids = popularity.ids
    shares = popularity.factors[:, 0].astype(np.float64) / users
    genres = np.empty((len(ids), 0)) if movies is None else genre_vectors(movies, ids)
    return Catalogue(ids=ids, shares=shares, genres=genres)
