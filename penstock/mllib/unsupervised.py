"""pyspark.ml.clustering, pyspark.ml.recommendation and pyspark.ml.fpm."""

from __future__ import annotations

from functools import partial

from penstock.mllib.estimator import AGGREGATED, CHECKPOINTS, DESCENT, Estimator
from penstock.mllib.parameters import Kind, Parameter, above, choice, flag, integer, number
from penstock.mllib.problems import Problem

_clusters = partial(Estimator, module="pyspark.ml.clustering", problems=frozenset({Problem.CLUSTERING}))
_DISTANCE = choice("euclidean", "cosine")

UNSUPERVISED = (
    _clusters(
        name="KMeans",
        seeded=True,
        weighted=True,
        params={
            **DESCENT,
            "k": integer(2),
            "initMode": choice("k-means||", "random"),
            "initSteps": integer(1),
            "distanceMeasure": _DISTANCE,
            "solver": choice("auto", "row", "block"),
            "maxBlockSizeInMB": number(0),
        },
    ),
    _clusters(
        name="BisectingKMeans",
        seeded=True,
        weighted=True,
        params={
            "k": integer(2),
            "maxIter": integer(0),
            "minDivisibleClusterSize": above(0),
            "distanceMeasure": _DISTANCE,
        },
    ),
    _clusters(
        name="GaussianMixture",
        seeded=True,
        weighted=True,
        probability=True,
        params={**DESCENT, **AGGREGATED, "k": integer(2)},
    ),
    _clusters(
        name="PowerIterationClustering",
        features=False,
        transient=True,
        columns={"source": "srcCol", "destination": "dstCol", "similarity": "weightCol"},
        optional_columns=frozenset({"similarity"}),
        params={"k": integer(2), "maxIter": integer(0), "initMode": choice("random", "degree")},
    ),
    Estimator(
        name="LDA",
        module="pyspark.ml.clustering",
        problems=frozenset({Problem.TOPICS}),
        seeded=True,
        params={
            **CHECKPOINTS,
            "k": integer(2),
            "maxIter": integer(0),
            "optimizer": choice("online", "em"),
            "learningOffset": above(0),
            "learningDecay": above(0),
            "subsamplingRate": above(0, 1),
            "optimizeDocConcentration": flag(),
            "docConcentration": Parameter(kind=Kind.NUMBERS, low=0, least_items=1),
            "topicConcentration": number(0),
            "keepLastCheckpoint": flag(),
        },
    ),
    Estimator(
        name="ALS",
        module="pyspark.ml.recommendation",
        problems=frozenset({Problem.RECOMMENDATION}),
        seeded=True,
        features=False,
        columns={"user": "userCol", "item": "itemCol"},
        params={
            **CHECKPOINTS,
            "rank": integer(1),
            "regParam": number(0),
            "alpha": number(0),
            "maxIter": integer(0),
            "implicitPrefs": flag(),
            "nonnegative": flag(),
            "numUserBlocks": integer(1),
            "numItemBlocks": integer(1),
            "blockSize": integer(1),
        },
    ),
    Estimator(
        name="FPGrowth",
        module="pyspark.ml.fpm",
        problems=frozenset({Problem.PATTERNS}),
        features=False,
        columns={"items": "itemsCol"},
        params={"minSupport": number(0, 1), "minConfidence": number(0, 1), "numPartitions": integer(1)},
    ),
)
