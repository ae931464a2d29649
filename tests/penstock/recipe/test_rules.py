"""A recipe is refused where it is read, with the path, what was got, what was expected and the nearest name."""

import pytest

from tests.penstock.recipe.recipes import BASKETS, DROP, INCOME, RATINGS, SPECIES, Wrong, assert_refused, name

WRONG: list[Wrong] = [
    (INCOME, "problm", "x", "recipe.problm: unknown key; did you mean 'problem'?"),
    (INCOME, "seed", "42", 'recipe.seed: expected int, got str "42"'),
    (INCOME, "problem", "binray", "recipe.problem: got \"binray\"; did you mean 'binary'?"),
    (INCOME, "label", None, "recipe.label: missing; a binary problem has a label"),
    (
        INCOME,
        "label.positive",
        None,
        "recipe.label.positive: missing; expected the class that a binary problem is about",
    ),
    (
        SPECIES,
        "label.positive",
        "a",
        'recipe.label.positive: got "a"; only binary problems have a positive class',
    ),
    (BASKETS, "label", {"column": "x"}, 'recipe.label: got "x"; a patterns problem has no label'),
    (
        INCOME,
        "estimator.name",
        "GBTClasifier",
        "recipe.estimator.name: unknown estimator 'GBTClasifier'; did you mean 'GBTClassifier'?",
    ),
    (
        INCOME,
        "estimator.name",
        "KMeans",
        "recipe.estimator.name: KMeans is for clustering problems; this one is binary",
    ),
    (
        INCOME,
        "estimator.features",
        "featurez",
        "recipe.estimator.features: no column 'featurez'; did you mean 'features'?",
    ),
    (INCOME, "estimator.features", "age", "recipe.estimator.features: 'age' holds number; expected vector"),
    (INCOME, "stages", [], "recipe.estimator.features: no column 'features'; no stage makes a column of kind vector"),
    (
        INCOME,
        "estimator.classifier",
        "LinearSVC",
        'recipe.estimator.classifier: got "LinearSVC"; GBTClassifier is made of no other',
    ),
    (
        SPECIES,
        "estimator.classifier",
        "LinearSVM",
        "recipe.estimator.classifier: unknown binary classifier 'LinearSVM'; did you mean 'LinearSVC'?",
    ),
    (RATINGS, "estimator.columns.user", DROP, "recipe.estimator.columns.user: missing; ALS needs it"),
    (RATINGS, "estimator.columns.usr", "user_id", "recipe.estimator.columns.usr: unknown; did you mean 'user'?"),
    (
        RATINGS,
        "estimator.columns.user",
        "userid",
        "recipe.estimator.columns.user: no column 'userid'; did you mean 'user_id'?",
    ),
    (
        INCOME,
        "estimator.early_stopping",
        1.5,
        "recipe.estimator.early_stopping: got 1.5; expected a share of rows above 0 and below 1",
    ),
    (
        RATINGS,
        "estimator.early_stopping",
        0.1,
        (
            "recipe.estimator.early_stopping: ALS cannot stop early; GBTClassifier, GBTRegressor, SparkXGBClassifier, "
            "SparkXGBRegressor can"
        ),
    ),
    (
        RATINGS,
        "class_weights",
        "balanced",
        "recipe.class_weights: got 'balanced'; a recommendation problem has no classes",
    ),
    (
        {**SPECIES, "weight_column": "w"},
        "estimator",
        {"name": "OneVsRest", "classifier": "FMClassifier"},
        "recipe.estimator.classifier: FMClassifier takes no weights",
    ),
    (RATINGS, "weight_column", "w", "recipe.weight_column: ALS takes no weights"),
    (
        {**INCOME, "weight_column": "w"},
        "class_weights",
        "balanced",
        "recipe.class_weights: got 'balanced' beside a weight_column; choose one of them",
    ),
    (
        INCOME,
        "validation",
        {"method": "time"},
        "recipe.validation.column: missing; expected the column that orders rows by time",
    ),
    (INCOME, "validation", {"folds": 1}, "recipe.validation.folds: got 1; expected 2 to 20"),
    (INCOME, "validation", {"fraction": 1}, "recipe.validation.fraction: got 1; expected above 0 and below 1"),
    (
        INCOME,
        "validation",
        {"column": "age"},
        'recipe.validation.column: got "age"; only the method time has a column',
    ),
    (
        INCOME,
        "metric",
        "rmse",
        (
            "recipe.metric: unknown metric 'rmse' of binary problems; "
            "known: accuracy, f1, log_loss, pr_auc, precision, recall, roc_auc"
        ),
    ),
    (
        INCOME,
        "metric",
        None,
        (
            "recipe.metric: missing; a search compares by one of "
            "accuracy, f1, log_loss, pr_auc, precision, recall, roc_auc"
        ),
    ),
    (
        SPECIES,
        "metric",
        "log_loss",
        "recipe.metric: log_loss needs probabilities, which OneVsRest does not give",
    ),
    (
        {**BASKETS, "search": {"method": "grid", "values": {"minSupport": [0.1, 0.2]}}},
        "seed",
        1,
        "recipe.search.method: candidates of a patterns problem cannot be compared",
    ),
    (INCOME, "parallelism", 0, "recipe.parallelism: got 0; expected 1 to 64"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=name)
def test_a_wrong_recipe_says_where_and_what_is_expected(wrong: Wrong) -> None:
    assert_refused(wrong)
