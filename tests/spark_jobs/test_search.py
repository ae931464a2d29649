import pytest

from penstock.errors import DataError
from penstock.fitting import Trial
from penstock.recipe.rules import read_recipe
from spark_jobs import search
from spark_jobs.columns import check_label
from spark_jobs.progress import Progress
from spark_jobs.search import choose, prepared
from tests.spark_jobs.recipes import EARNED, INCOME, PEOPLE, people, with_estimator

DEPTHS = {"method": "grid", "values": {"maxDepth": [0, 3]}}
TREE = {**with_estimator(INCOME, "DecisionTreeClassifier"), "search": DEPTHS, "metric": "accuracy"}


@pytest.fixture(scope="module")
def training(spark):
    return spark.createDataFrame(people(), PEOPLE).drop("part").coalesce(1).cache()


def chosen(training, data):
    recipe = read_recipe(data)
    return choose(training, recipe, check_label(training, recipe), progress=Progress())


def test_a_single_candidate_is_chosen_without_fitting_anything(training, monkeypatch):
    monkeypatch.delattr(search, "_try_all")
    assert chosen(training, INCOME) == ({}, [Trial(params={}, metric=None, std=None)])


def test_the_best_mean_over_the_folds_wins(training, capsys):
    best, trials = chosen(training, {**TREE, "parallelism": 2})
    assert best == {"maxDepth": 3}
    assert [each.params for each in trials] == [{"maxDepth": 0}, {"maxDepth": 3}]
    stump, tree = trials
    assert (tree.metric, tree.std, tree.folds) == (1.0, 0.0, [1.0, 1.0, 1.0])
    assert stump.metric == pytest.approx(sum(stump.folds) / 3)
    assert stump.std == pytest.approx((sum((each - stump.metric) ** 2 for each in stump.folds) / 2) ** 0.5)
    assert "candidate {'maxDepth': 3}: accuracy 1.0000 on the validation rows" in capsys.readouterr().out


def test_the_smaller_error_wins_and_one_fold_has_no_spread(training):
    recipe = {
        **with_estimator(EARNED, "LinearRegression", params={"maxIter": 20}),
        "search": {"method": "grid", "values": {"regParam": [1000.0, 0.0]}},
        "validation": {"method": "time", "column": "joined", "fraction": 0.25},
        "metric": "rmse",
    }
    best, trials = chosen(training, recipe)
    assert best == {"regParam": 0.0}
    assert [each.std for each in trials] == [None, None]
    assert trials[0].metric > 10 * trials[1].metric


def test_stages_are_fitted_inside_the_fold(training):
    """A country that only validation rows have is unknown to the fold's indexer, which here refuses it."""
    strict = [{**INCOME["stages"][0], "params": {"handleInvalid": "error"}}, INCOME["stages"][1]]
    late = {**TREE, "stages": strict, "validation": {"method": "time", "column": "joined", "fraction": 0.1}}
    rare = training.withColumn("country", search.F.when(search.F.col("joined") >= 115, "ZZ").otherwise("AA"))
    with pytest.raises(Exception, match="Unseen label: ZZ"):
        chosen(rare, late)


def test_folds_without_rows(training):
    with pytest.raises(DataError) as failure:
        chosen(training.limit(1).union(training.where("joined = 1")), {**TREE, "validation": {"folds": 20}})
    assert str(failure.value) == (
        "cross_validation: 20 folds leaves no row to compare on. Use fewer folds or more rows."
    )


def test_boosted_trees_stop_when_the_watched_rows_gain_nothing(training):
    def trees(params, **spec):
        few = {"maxIter": 12, "maxDepth": 3, **params}
        recipe = read_recipe(with_estimator(INCOME, "GBTClassifier", params=few, **spec))
        with prepared(training, recipe, check_label(training, recipe), [{}]) as ready:
            return ready.fit(recipe, {}).getNumTrees, ready.rows

    everything, _ = trees({})
    stopped, rows = trees({"validationTol": 5.0}, early_stopping=0.3)
    assert everything == 12
    assert stopped < 12
    assert 10 < rows.where("penstock_watched").count() < 60
