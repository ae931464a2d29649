"""Judging topic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.ml.classification import NaiveBayes
from pyspark.ml.feature import CountVectorizerModel
from pyspark.ml.functions import vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import functions as F

from penstock.assessment import Estimates, Topic
from penstock.fitting import FeatureWeight
from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, judged
from spark_jobs.assessing.intervals import Draws, ratio
from spark_jobs.assessing.resampling import weights
from spark_jobs.assessing.sums import DRAW, Columns, Statistic, Sums

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from spark_jobs.assessing.contender import Contender

BLOCKS = 20
"""Parts of the documents that the resamples draw: MLlib gives its bound for many documents, not for each."""
TERMS = 12
_BLOCK = "block"


def predict(case: Case, contender: Contender) -> DataFrame:
    """(features, topics, tokens, block) of documents."""
    features = F.col(contender.model.getFeaturesCol()).alias("features")
    topics = F.col("topicDistribution").alias("topics")
    rows = contender.apply(case.held_out.table).select(*KEYS, features, topics)
    tokens = F.aggregate(vector_to_array(F.col("features")), F.lit(0.0), lambda total, each: total + each)
    return rows.withColumns({"tokens": tokens, _BLOCK: F.pmod(F.col(DRAW), F.lit(BLOCKS)).cast("int")})


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """The bound on the log perplexity, and the topics; there are no segments."""
    model = contender.model
    documents = rows.withColumnRenamed("features", model.getFeaturesCol())
    draws = {"log_perplexity": _perplexities(case, model, documents)}
    return judged(case, draws, {"log_perplexity": model.logPerplexity(documents)}, topics=_topics(contender, rows))


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """One topic for all: words by their share of the training words, add-one smoothed, in nats as MLlib's bound is.

    That is naive Bayes of a single class.
    """
    training = contender.featurise(case.training)
    bayes = NaiveBayes(featuresCol=contender.model.getFeaturesCol(), labelCol="label", modelType="multinomial")
    unigram = bayes.fit(training.withColumn("label", F.lit(0.0))).setFeaturesCol("features")
    likely = vector_to_array(F.col(unigram.getRawPredictionCol()))[0].alias("likely")
    scored = unigram.transform(rows).select(*KEYS, "tokens", likely)
    sums = case.add_up_all(scored, _statistics, count=2)
    return {"unigram": case.estimates(_unigram(sums))}


def _statistics(columns: Columns) -> list[Statistic]:
    return [Statistic(columns["tokens"]), Statistic(-columns["likely"])]


def _unigram(sums: Sums) -> Draws:
    return {"log_perplexity": ratio(sums.of(0, 1)[0], sums.of(0, 0)[0])}


def _perplexities(case: Case, model: Any, documents: DataFrame) -> Any:
    """MLlib's bound is a sum over documents and a constant of the topics, which two ways to add the blocks tell apart.

    Hoffman, Blei and Bach 2010, equation 4. The documents are drawn; the constant keeps its share of the words.
    """
    found = documents.groupBy(_BLOCK).agg(F.sum("tokens").alias("tokens")).collect()
    tokens = np.array([row["tokens"] for row in sorted(found, key=lambda row: row[_BLOCK])])
    numbers = sorted(row[_BLOCK] for row in found)
    bounds = np.array([model.logLikelihood(documents.where(F.col(_BLOCK) == number)) for number in numbers])
    whole = model.logLikelihood(documents)
    if len(numbers) < BLOCKS // 2 or not case.resamples:
        return np.concatenate([[-whole / tokens.sum()], np.full(case.resamples, np.nan)])
    constant = (bounds.sum() - whole) / (len(numbers) - 1)
    drawn = weights(np.array(numbers, dtype=np.int64), case.resamples)
    return -ratio(drawn.T @ (bounds - constant), drawn.T @ tokens) - constant / tokens.sum()


def _topics(contender: Contender, rows: DataFrame) -> list[Topic]:
    row = rows.agg(Summarizer.mean(F.col("topics"), F.col("tokens")).alias("shares")).first()
    shares = row["shares"] if row else []
    words = _vocabulary(contender)
    return [
        Topic(
            number=topic["topic"],
            share=float(shares[topic["topic"]]),
            terms=[
                FeatureWeight(
                    name=words[index] if words else f"{contender.model.getFeaturesCol()}[{index}]", value=value
                )
                for index, value in zip(topic["termIndices"], topic["termWeights"], strict=True)
            ],
        )
        for topic in contender.model.describeTopics(TERMS).collect()
    ]


def _vocabulary(contender: Contender) -> list[str]:
    """The words of the last counting stage; empty where words were hashed."""
    stages: list[Any] = contender.pipeline.stages
    counting = [each for each in stages if isinstance(each, CountVectorizerModel)]
    return list(counting[-1].vocabulary) if counting else []


TOPICS = Judge(predict=predict, judge=judge, baselines=baselines)
