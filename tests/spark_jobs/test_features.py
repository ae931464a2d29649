import pytest
from pyspark.ml.classification import DecisionTreeClassifier, LogisticRegression
from pyspark.ml.feature import StringIndexer, VectorAssembler
from pyspark.ml.linalg import Vectors

from penstock.errors import DataError
from penstock.fitting import FeatureWeight
from penstock.recipe.rules import read_recipe
from spark_jobs.features import Features, check_capacity, describe_features, feature_weights, tree_text
from tests.spark_jobs.recipes import INCOME, with_estimator

FEATURES = Features(column="features", size=3, names={0: "age", 1: "country"}, categories={1: ["AA", "BB", "CC"]})
PERCEPTRON = with_estimator(INCOME, "MultilayerPerceptronClassifier", params={"layers": [4, 5, 2]})


@pytest.fixture(scope="module")
def rows(spark):
    ages = [(age, ("AA", "BB", "CC")[age % 3], float(age % 3 == 1)) for age in range(30)]
    table = spark.createDataFrame(ages, "age int, country string, label double")
    indexed = StringIndexer(inputCol="country", outputCol="country_index").fit(table).transform(table)
    return VectorAssembler(inputCols=["age", "country_index"], outputCol="features").transform(indexed).cache()


def test_names_and_categories_come_from_the_stages(rows):
    assert describe_features(rows, "features") == Features(
        column="features",
        size=2,
        names={0: "age", 1: "country_index"},
        categories={1: ["AA", "BB", "CC"]},
    )


def test_a_vector_that_no_stage_made_has_places_for_names(spark):
    found = describe_features(spark.createDataFrame([(Vectors.sparse(7, {}),)], ["v"]), "v")
    assert found == Features(column="v", size=7)
    assert found.name(3) == "v[3]"


@pytest.mark.parametrize(
    ("recipe", "point", "message"),
    [
        (
            with_estimator(INCOME, "DecisionTreeClassifier", params={"maxBins": 2}),
            {},
            (
                "'country' has 3 categories and maxBins is 2. Set recipe.estimator.params.maxBins to 3 or more, "
                "or one-hot encode or hash the column."
            ),
        ),
        (
            with_estimator(INCOME, "GBTClassifier"),
            {"maxBins": 2},
            (
                "'country' has 3 categories and maxBins is 2. Set recipe.estimator.params.maxBins to 3 or more, "
                "or one-hot encode or hash the column."
            ),
        ),
        (
            PERCEPTRON,
            {},
            (
                "recipe.estimator.params.layers is [4, 5, 2]: 'features' has 3 elements and the label 2 classes, "
                "so the first must be 3 and the last 2"
            ),
        ),
    ],
)
def test_what_an_estimator_has_no_room_for(recipe, point, message):
    with pytest.raises(DataError) as failure:
        check_capacity(FEATURES, read_recipe(recipe), [point], classes=2)
    assert str(failure.value) == message


def test_what_an_estimator_has_room_for():
    check_capacity(FEATURES, read_recipe(INCOME), [{"maxBins": 3}], classes=2)
    check_capacity(FEATURES, read_recipe(PERCEPTRON), [{"layers": [3, 2]}], classes=2)
    check_capacity(FEATURES, read_recipe(with_estimator(INCOME, "LinearSVC")), [{}], classes=2)


def test_the_tree_by_names(rows):
    model = DecisionTreeClassifier(maxDepth=1).fit(rows)
    assert tree_text(model, describe_features(rows, "features")).splitlines()[1:] == [
        "  If (country_index in {AA, CC})",
        "   Predict: 0.0",
        "  Else (country_index not in {AA, CC})",
        "   Predict: 1.0",
    ]


def test_importances_and_coefficients_largest_first(rows):
    features = describe_features(rows, "features")
    tree = DecisionTreeClassifier(maxDepth=1).fit(rows)
    assert feature_weights(tree, features, []) == (
        [FeatureWeight(name="country_index", value=1.0), FeatureWeight(name="age", value=0.0)],
        "importances",
    )
    linear = LogisticRegression(maxIter=5).fit(rows)
    weights, what = feature_weights(linear, features, ["no", "yes"])
    assert (what, len(weights)) == ("coefficients", 2)
    assert abs(weights[0].value) >= abs(weights[1].value)
    assert {each.name: each.value for each in weights} == pytest.approx(
        {"age": linear.coefficients[0], "country_index": linear.coefficients[1]}
    )


def test_many_classes_have_coefficients_each(rows):
    model = LogisticRegression(labelCol="country_index", featuresCol="features", maxIter=2).fit(rows)
    weights, _ = feature_weights(model, describe_features(rows, "features"), ["AA", "BB", "CC"])
    wanted = {f"{name}: {each}" for name in ("AA", "BB", "CC") for each in ("age", "country_index")}
    assert {each.name for each in weights} == wanted
