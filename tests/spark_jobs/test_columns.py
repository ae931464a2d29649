import pytest

from penstock.errors import DataError
from penstock.recipe.rules import read_recipe
from spark_jobs.columns import check_gaps, check_label, check_table
from tests.spark_jobs.recipes import EARNED, INCOME

SCHEMA = "age int, country string, income string, earned double"
ROWS = [(20, "AA", "rich", 1.0), (30, "BB", "poor", 2.0), (40, "BB", "poor", 3.0)]
TEXTS = {**INCOME, "columns": {"number": ["age"], "category": ["country"], "words": ["tags"]}}


def refusal(check, table, recipe):
    with pytest.raises(DataError) as failure:
        check(table, read_recipe(recipe))
    return str(failure.value)


@pytest.mark.parametrize(
    ("schema", "recipe", "message"),
    [
        (
            "agee int, country string, income string",
            INCOME,
            "missing column 'age', which recipe.columns.number names; did you mean 'agee'?",
        ),
        (
            "age string, country string, income string",
            INCOME,
            "column 'age', which recipe.columns.number names, is string; expected a number",
        ),
        (
            "age int, country boolean, income string",
            INCOME,
            "column 'country', which recipe.columns.category names, is boolean; expected a string or a number",
        ),
        (
            "age int, country string, income string, tags array<int>",
            TEXTS,
            "column 'tags', which recipe.columns.words names, is array<int>; expected an array of strings",
        ),
        (
            "age int, country string, earned double",
            INCOME,
            "missing column 'income', which recipe.label.column names; known: age, country, earned",
        ),
        (
            "age int, country string, earned string",
            EARNED,
            "column 'earned', which recipe.label.column names, is string; expected a number",
        ),
        (
            "age int, country string, income string, w string",
            {**INCOME, "weight_column": "w"},
            "column 'w', which recipe.weight_column names, is string; expected a number",
        ),
    ],
)
def test_a_table_that_does_not_fit(spark, schema, recipe, message):
    assert refusal(check_table, spark.createDataFrame([], schema), recipe) == message


def test_a_table_that_fits(spark):
    check_table(spark.createDataFrame(ROWS, SCHEMA), read_recipe(INCOME))
    check_table(spark.createDataFrame(ROWS, SCHEMA), read_recipe(EARNED))


def test_the_positive_class_is_the_second(spark):
    table = spark.createDataFrame(ROWS, SCHEMA)
    assert list(check_label(table, read_recipe(INCOME)).counts.items()) == [("poor", 2), ("rich", 1)]
    poor = {**INCOME, "label": {"column": "income", "positive": "poor"}}
    assert list(check_label(table, read_recipe(poor)).counts.items()) == [("rich", 1), ("poor", 2)]


def test_many_classes_are_ordered_by_their_rows(spark):
    table = spark.createDataFrame([*ROWS, (1, "AA", "odd", 0.0)], SCHEMA)
    recipe = read_recipe({**INCOME, "problem": "multiclass", "label": {"column": "income"}})
    assert list(check_label(table, recipe).counts.items()) == [("poor", 2), ("odd", 1), ("rich", 1)]


@pytest.mark.parametrize(
    ("rows", "recipe", "message"),
    [
        (
            [*ROWS, (1, "AA", None, 0.0)],
            INCOME,
            "1 of 4 training rows have no label in column 'income'. Leave them out of the table.",
        ),
        (
            [*ROWS, (1, "AA", "rich", float("nan"))],
            EARNED,
            "1 of 4 training rows have no label in column 'earned'. Leave them out of the table.",
        ),
        (ROWS[:1], INCOME, "all training rows have the label 'rich'; there is nothing to tell apart"),
        (
            ROWS,
            {**INCOME, "label": {"column": "income", "positive": "Rich"}},
            "no training row has the label 'Rich' of recipe.label.positive; did you mean 'rich'?",
        ),
        (
            [*ROWS, (1, "AA", "odd", 0.0)],
            INCOME,
            "column 'income' has 3 classes: 'poor', 'odd', 'rich'. Make the problem multiclass.",
        ),
    ],
)
def test_a_label_that_cannot_be_learnt(spark, rows, recipe, message):
    assert refusal(check_label, spark.createDataFrame(rows, SCHEMA), recipe) == message


@pytest.mark.parametrize(
    ("schema", "rows", "what"),
    [
        ("age int, country string", [(1, "AA"), (None, "BB"), (None, None)], "2 of 3"),
        ("age double, country string", [(1.0, "AA"), (float("nan"), "BB")], "1 of 2"),
    ],
)
def test_gaps_that_a_stage_refuses(spark, schema, rows, what):
    assert refusal(check_gaps, spark.createDataFrame(rows, schema), INCOME) == (
        f"column 'age' is empty in {what} training rows, and recipe.stages[1] (VectorAssembler) has handleInvalid "
        "'error'. Fill the gaps with an Imputer, or choose another handleInvalid."
    )


def test_gaps_that_a_stage_takes(spark):
    taking = [INCOME["stages"][0], {**INCOME["stages"][1], "params": {"handleInvalid": "skip"}}]
    table = spark.createDataFrame([(None, "AA"), (1, None)], "age int, country string")
    check_gaps(table, read_recipe({**INCOME, "stages": taking}))
    check_gaps(table.where("age is not null"), read_recipe(INCOME))
