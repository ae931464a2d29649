"""Every estimator and every stage of the catalogue, from a recipe to a model of MLlib's."""

import math

import pytest
from pyspark.ml.linalg import Vectors
from pyspark.sql import functions as F

from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.problems import METRICS
from penstock.mllib.stages import STAGES
from penstock.recipe.rules import read_recipe
from spark_jobs.columns import check_label, check_table
from spark_jobs.measure import measure
from spark_jobs.search import prepared

LABELS = {
    "binary": {"column": "rich", "positive": "yes"},
    "multiclass": {"column": "country"},
    "regression": {"column": "earned"},
    "recommendation": {"column": "earned"},
}
COLUMNS = {"number": ["age", "n", "item"], "text": ["bio"], "words": ["tags"], "vector": ["features"]}
OWN = {
    "AFTSurvivalRegression": {"columns": {"censor": "item"}},
    "ALS": {"columns": {"user": "n", "item": "item"}, "params": {"rank": 2, "maxIter": 1}},
    "FPGrowth": {"columns": {"items": "tags"}, "params": {"minSupport": 0.2}},
    "MultilayerPerceptronClassifier": {"params": {"layers": [2, 2], "maxIter": 1}},
    "OneVsRest": {"classifier": "LogisticRegression", "params": {"classifier.maxIter": 1, "parallelism": 1}},
    "GeneralizedLinearRegression": {"columns": {"offset": "item"}, "params": {"maxIter": 1}},
}
STAGED = [
    {"stage": "StringIndexer", "columns": ["country", "zip"], "params": {"handleInvalid": "keep"}},
    {"stage": "OneHotEncoder", "columns": ["country_index"], "params": {"handleInvalid": "keep"}},
    {"stage": "Imputer", "columns": ["age"], "params": {"strategy": "median"}},
    {"stage": "Bucketizer", "columns": ["age"], "params": {"splits": ["-inf", 30, "inf"], "handleInvalid": "keep"}},
    {
        "stage": "QuantileDiscretizer",
        "columns": ["n"],
        "params": {"numBuckets": 3, "handleInvalid": "error"},
    },
    {"stage": "RegexTokenizer", "columns": ["bio"], "params": {"pattern": "[^a-z]+"}},
    {"stage": "Tokenizer", "columns": ["bio"], "outputs": ["plain"]},
    {"stage": "StopWordsRemover", "columns": ["bio_words", "plain"], "params": {"stopWords": ["of"]}},
    {"stage": "NGram", "columns": ["bio_words_kept"], "outputs": ["pairs"], "params": {"n": 2}},
    {"stage": "HashingTF", "columns": ["bio_words_kept", "pairs"], "params": {"numFeatures": 8}},
    {"stage": "CountVectorizer", "columns": ["bio_words_kept"], "params": {"minDF": 1}},
    {"stage": "Word2Vec", "columns": ["bio_words_kept"], "params": {"vectorSize": 2, "minCount": 1}},
    {"stage": "IDF", "columns": ["pairs_tf"]},
    {"stage": "FeatureHasher", "columns": ["n", "country", "zip"], "params": {"numFeatures": 16}},
    {
        "stage": "VectorAssembler",
        "columns": ["age_imputed", "n_bucket", "country_index_onehot", "bio_words_kept_counts"],
        "params": {"handleInvalid": "error"},
    },
    {"stage": "StandardScaler", "columns": ["features"], "outputs": ["s1"], "params": {"withMean": True}},
    {"stage": "MinMaxScaler", "columns": ["features"], "outputs": ["s2"]},
    {"stage": "MaxAbsScaler", "columns": ["features"], "outputs": ["s3"]},
    {"stage": "RobustScaler", "columns": ["features"], "outputs": ["s4"], "params": {"lower": 0.1}},
    {"stage": "Normalizer", "columns": ["features"], "outputs": ["s5"], "params": {"p": 1}},
    {"stage": "PCA", "columns": ["s1"], "params": {"k": 2}},
    {"stage": "PolynomialExpansion", "columns": ["s1_pca"]},
    {"stage": "Interaction", "columns": ["age_imputed", "country_index_onehot"]},
    {
        "stage": "UnivariateFeatureSelector",
        "columns": ["features"],
        "outputs": ["chosen"],
        "params": {"featureType": "continuous", "labelType": "categorical", "selectionThreshold": 3},
    },
    {"stage": "VarianceThresholdSelector", "columns": ["features"], "outputs": ["varied"]},
]


@pytest.fixture(scope="module")
def table(spark):
    rows = [
        (
            20 + n % 30,
            n,
            n % 2,
            ("AA", "BB")[n % 2],
            n % 4,
            ("coin of gold", "tin of milk")[n % 2],
            [("gold", "tin")[n % 2], "x"],
            ("yes", "no")[n % 2],
            1.0 + n % 2,
            Vectors.dense([float(n % 2), float(n % 5)]),
        )
        for n in range(24)
    ]
    names = ["age", "n", "item", "country", "zip", "bio", "tags", "rich", "earned", "features"]
    return spark.createDataFrame(rows, names).coalesce(1).cache()


def fit(table, recipe):
    check_table(table, recipe)
    classes = check_label(table, recipe)
    with prepared(table, recipe, classes, [{}]) as ready:
        model = ready.fit(recipe, {})
        return model, ready.rows.localCheckpoint()


FITTED = [
    (name, problem) for name, known in ESTIMATORS.items() if not known.transient for problem in sorted(known.problems)
]
EXACT = {
    "LogisticRegression",
    "DecisionTreeClassifier",
    "RandomForestClassifier",
    "GBTClassifier",
    "LinearSVC",
    "SparkXGBClassifier",
}
"""What tells classes apart without fault that one feature tells apart, in a single iteration."""


@pytest.mark.filterwarnings("ignore:unclosed running multiprocessing pool:ResourceWarning")  # PySpark's OneVsRest
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("name", "problem"), FITTED)
def test_every_estimator_learns_from_a_recipe_and_is_measured(table, name, problem):
    known = ESTIMATORS[name]
    few = {each: 1 for each in ("maxIter", "numTrees", "maxDepth", "n_estimators") if each in known.params}
    estimator = {"name": name, "params": few, **OWN.get(name, {})}
    recipe = {"problem": problem, "label": LABELS.get(problem), "columns": COLUMNS, "estimator": estimator}
    metrics = METRICS[read_recipe(recipe).kind].items()
    usable = [each for each, metric in metrics if known.probability or not metric.of_probability]
    model, rows = fit(table, read_recipe(recipe))
    stem = name if known.external else name.replace("Classifier", "Classification").replace("Regressor", "Regression")
    assert type(model).__name__ == {"LDA": "LocalLDAModel"}.get(name, f"{stem}Model")
    values = {each: measure(model, rows, read_recipe({**recipe, "metric": each})) for each in usable}
    assert all(math.isfinite(value) for value in values.values())
    if name in EXACT:
        best = {"accuracy", "roc_auc", "pr_auc", "f1", "weighted_f1"} & set(values)
        assert {each: values[each] for each in best} == pytest.approx(dict.fromkeys(best, 1.0))


def test_every_stage_of_the_catalogue(table):
    columns = {"number": ["age", "n", "item"], "text": ["bio"], "category": ["country", "zip"]}
    recipe = read_recipe(
        {
            "problem": "binary",
            "label": LABELS["binary"],
            "columns": columns,
            "stages": STAGED,
            "estimator": {"name": "LogisticRegression", "features": "chosen", "params": {"maxIter": 2}},
        }
    )
    assert {spec.stage for spec in recipe.stages} == set(STAGES)
    model, rows = fit(table.drop("features", "tags"), recipe)
    assert model.numFeatures == 3
    made = {column for spec in recipe.stages for column in spec.output_names()}
    assert made <= set(rows.columns)
    first = rows.orderBy("n").first()
    assert (first["bio_words_kept"], first["pairs"]) == (["coin", "gold"], ["coin gold"])
    assert (first["age_bucket"], first["n_bucket"]) == (0.0, 0.0)


def test_numbers_that_name_a_class_are_hashed_as_classes(table):
    def hashed(columns):
        recipe = {
            "problem": "binary",
            "label": LABELS["binary"],
            "columns": columns,
            "stages": [{"stage": "FeatureHasher", "columns": ["zip"], "params": {"numFeatures": 64}}],
            "estimator": {"name": "NaiveBayes", "features": "hashed"},
        }
        _, rows = fit(table, read_recipe(recipe))
        vectors = rows.select("zip", "hashed").distinct().orderBy("zip").collect()
        return [sorted(row["hashed"].values) for row in vectors]

    assert hashed({"category": ["zip"]}) == [[1.0]] * 4
    assert hashed({"number": ["zip"]}) == [[0.0], [1.0], [2.0], [3.0]]


def test_balanced_weights_count_each_class_alike(table):
    rare = table.where((F.col("rich") == "yes") | (F.col("n") < 6))
    recipe = read_recipe(
        {
            "problem": "binary",
            "label": LABELS["binary"],
            "columns": COLUMNS,
            "class_weights": "balanced",
            "estimator": {"name": "DecisionTreeClassifier", "params": {"maxDepth": 0}},
        }
    )
    model, rows = fit(rare, recipe)
    weights = dict(rows.groupBy("rich").agg(F.sum("penstock_weight")).collect())
    assert weights == pytest.approx({"yes": 7.5, "no": 7.5})
    root = model.transform(rows).first()
    assert list(root["probability"]) == pytest.approx([0.5, 0.5])
