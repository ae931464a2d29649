"""The feature stages of pyspark.ml 3.5 by their class names: what each takes, gives and accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.mllib.parameters import Kind, Parameter, Parameters, above, choice, flag, integer, number
from penstock.mllib.stage import Content, Shape, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


def _invalid(*choices: str) -> Parameters:
    return {"handleInvalid": choice(*choices, required=True)}


_ANY_INVALID = _invalid("error", "keep", "skip")
_QUANTILES: Parameters = {"relativeError": number(0, 1)}
_THRESHOLD = Parameter(kind=Kind.NUMBER, low=0, enforced=False)


def _stage(name: str, takes: str, gives: Content, suffix: str, **rest: object) -> Stage:
    return Stage(name=name, takes=frozenset(map(Content, takes.split())), gives=gives, suffix=suffix, **rest)  # type: ignore[arg-type]


_ALL = (
    _stage(
        "StringIndexer",
        "category text",
        Content.INDEX,
        "index",
        shape=Shape.EACH,
        params={
            **_ANY_INVALID,
            "stringOrderType": choice("frequencyDesc", "frequencyAsc", "alphabetDesc", "alphabetAsc"),
        },
    ),
    _stage(
        "OneHotEncoder",
        "index",
        Content.VECTOR,
        "onehot",
        shape=Shape.EACH,
        params={**_invalid("error", "keep"), "dropLast": flag()},
    ),
    _stage(
        "Bucketizer",
        "number",
        Content.INDEX,
        "bucket",
        params={
            **_ANY_INVALID,
            "splits": Parameter(kind=Kind.NUMBERS, least_items=3, infinite=True, required=True),
        },
    ),
    _stage(
        "QuantileDiscretizer",
        "number",
        Content.INDEX,
        "bucket",
        shape=Shape.EACH,
        params={**_ANY_INVALID, **_QUANTILES, "numBuckets": integer(2)},
    ),
    _stage(
        "Imputer",
        "number",
        Content.NUMBER,
        "imputed",
        shape=Shape.EACH,
        params={**_QUANTILES, "strategy": choice("mean", "median", "mode"), "missingValue": number()},
    ),
    _stage("StandardScaler", "vector", Content.VECTOR, "scaled", params={"withMean": flag(), "withStd": flag()}),
    _stage("MinMaxScaler", "vector", Content.VECTOR, "scaled", params={"min": number(), "max": number()}),
    _stage("MaxAbsScaler", "vector", Content.VECTOR, "scaled"),
    _stage(
        "RobustScaler",
        "vector",
        Content.VECTOR,
        "scaled",
        params={
            **_QUANTILES,
            "lower": above(0, 1, high_open=True),
            "upper": above(0, 1, high_open=True),
            "withCentering": flag(),
            "withScaling": flag(),
        },
    ),
    _stage("Normalizer", "vector", Content.VECTOR, "normalised", params={"p": number(1)}),
    _stage(
        "FeatureHasher",
        "number category text index",
        Content.VECTOR,
        "hashed",
        shape=Shape.MERGE,
        params={"numFeatures": integer(1)},
    ),
    _stage("Tokenizer", "text", Content.WORDS, "words"),
    _stage(
        "RegexTokenizer",
        "text",
        Content.WORDS,
        "words",
        params={
            "pattern": Parameter(kind=Kind.STRING),
            "gaps": flag(),
            "minTokenLength": integer(0),
            "toLowercase": flag(),
        },
    ),
    _stage(
        "StopWordsRemover",
        "words",
        Content.WORDS,
        "kept",
        shape=Shape.EACH,
        params={
            "stopWords": Parameter(kind=Kind.STRINGS),
            "caseSensitive": flag(),
            "locale": Parameter(kind=Kind.STRING, enforced=False),
        },
    ),
    _stage("NGram", "words", Content.WORDS, "ngrams", params={"n": integer(1)}),
    _stage("HashingTF", "words", Content.VECTOR, "tf", params={"numFeatures": integer(1), "binary": flag()}),
    _stage(
        "CountVectorizer",
        "words",
        Content.VECTOR,
        "counts",
        params={
            "vocabSize": integer(1),
            "minDF": number(0),
            "maxDF": number(0),
            "minTF": number(0),
            "binary": flag(),
        },
    ),
    _stage(
        "Word2Vec",
        "words",
        Content.VECTOR,
        "embedded",
        seeded=True,
        params={
            "vectorSize": integer(1),
            "windowSize": integer(1),
            "minCount": integer(0),
            "maxIter": integer(0),
            "maxSentenceLength": integer(1),
            "stepSize": above(0),
            "numPartitions": integer(1),
        },
    ),
    _stage("IDF", "vector", Content.VECTOR, "tfidf", params={"minDocFreq": integer(0)}),
    _stage(
        "PCA",
        "vector",
        Content.VECTOR,
        "pca",
        params={"k": Parameter(kind=Kind.INTEGER, low=1, required=True)},
    ),
    _stage("PolynomialExpansion", "vector", Content.VECTOR, "polynomial", params={"degree": integer(1)}),
    _stage("Interaction", "number index vector", Content.VECTOR, "interaction", shape=Shape.MERGE),
    _stage(
        "UnivariateFeatureSelector",
        "vector",
        Content.VECTOR,
        "selected",
        input="featuresCol",
        labelled=True,
        params={
            "featureType": choice("categorical", "continuous", required=True),
            "labelType": choice("categorical", "continuous", required=True),
            "selectionMode": choice("numTopFeatures", "percentile", "fpr", "fdr", "fwe"),  # codespell:ignore fpr,fwe
            "selectionThreshold": _THRESHOLD,
        },
    ),
    _stage(
        "VarianceThresholdSelector",
        "vector",
        Content.VECTOR,
        "selected",
        input="featuresCol",
        params={"varianceThreshold": number(0)},
    ),
    _stage(
        "VectorAssembler",
        "number index vector",
        Content.VECTOR,
        "features",
        shape=Shape.MERGE,
        params=_ANY_INVALID,
    ),
)

STAGES: Mapping[str, Stage] = {each.name: each for each in _ALL}
"""Closed: what is not here cannot be a stage of a recipe."""

ABSENT: Mapping[str, str] = {
    "SVD": "MLlib has it for matrices only, not as a stage; use PCA, the SVD of centred features, or HashingTF",
    "Binarizer": 'it takes doubles only; use Bucketizer with the splits "-inf", the threshold, "inf"',
    "ChiSqSelector": "deprecated by MLlib; use UnivariateFeatureSelector with both types categorical",
}
"""Names that are looked for, and what to take instead."""
