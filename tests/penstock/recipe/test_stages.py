"""Every column exists where a stage uses it, and holds what the stage takes."""

import pytest

from tests.penstock.recipe.recipes import INCOME, Wrong, assert_refused, name

INDEXER, ASSEMBLER = "recipe.stages[0]", "recipe.stages[1]"
WRONG: list[Wrong] = [
    (INCOME, "columns.nunmber", ["x"], "recipe.columns.nunmber: unknown; did you mean 'number'?"),
    (
        INCOME,
        "columns.number",
        ["age", "income"],
        "recipe.columns.number[1]: 'income' is the label; a model must not learn from it",
    ),
    (
        INCOME,
        "columns.number",
        ["age", "age"],
        "recipe.columns.number[1]: a column 'age' is there already; choose another name",
    ),
    (
        INCOME,
        "columns.number",
        ["capital.gain"],
        "recipe.columns.number[0]: 'capital.gain' is no name for Spark's stages: no dots, no backticks, not empty",
    ),
    (
        INCOME,
        "columns.number",
        ["prediction"],
        "recipe.columns.number[0]: 'prediction' is a column that fitting makes; choose another name",
    ),
    (
        INCOME,
        "stages.0.stage",
        "StringIndexr",
        f"{INDEXER}.stage: unknown stage 'StringIndexr'; did you mean 'StringIndexer'?",
    ),
    (
        INCOME,
        "stages.0.stage",
        "SVD",
        (
            f"{INDEXER}.stage: unknown stage 'SVD'; MLlib has it for matrices only, not as a stage; "
            "use PCA, the SVD of centred features, or HashingTF"
        ),
    ),
    (INCOME, "stages.0.columns", [], f"{INDEXER}.columns: got []; expected at least one column"),
    (
        INCOME,
        "stages.0.columns",
        ["countri"],
        f"{INDEXER}.columns[0]: no column 'countri' is declared or made by an earlier stage; did you mean 'country'?",
    ),
    (
        INCOME,
        "stages.0.columns",
        ["features"],
        f"{INDEXER}.columns[0]: no column 'features' at this point; stages[1] makes it",
    ),
    (
        INCOME,
        "stages.0.columns",
        ["income"],
        f"{INDEXER}.columns[0]: no column 'income' to learn from: it is the label",
    ),
    (
        INCOME,
        "stages.0.columns",
        ["age"],
        f"{INDEXER}.columns[0]: 'age' holds number; StringIndexer takes category or text",
    ),
    (INCOME, "stages.1.columns", ["age", "age"], f"{ASSEMBLER}.columns[1]: 'age' for the second time"),
    (
        INCOME,
        "stages.1.columns",
        ["country"],
        f"{ASSEMBLER}.columns[0]: 'country' holds category; VectorAssembler takes index or number or vector",
    ),
    (
        INCOME,
        "stages.0.params",
        {},
        f"{INDEXER}.params.handleInvalid: missing; expected a string, one of error, keep, skip",
    ),
    (
        INCOME,
        "stages.0.params.handleInvalid",
        "kep",
        f"{INDEXER}.params.handleInvalid: got \"kep\"; did you mean 'keep'?",
    ),
    (
        INCOME,
        "stages.0.params.handelInvalid",
        "keep",
        f"{INDEXER}.params.handelInvalid: unknown; did you mean 'handleInvalid'?",
    ),
    (
        INCOME,
        "stages.0.outputs",
        ["a", "b"],
        f"{INDEXER}.outputs: got 2 names; StringIndexer makes 1 here",
    ),
    (
        INCOME,
        "stages.0.outputs",
        ["age"],
        f"{INDEXER}.outputs[0]: a column 'age' is there already; choose another name",
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=name)
def test_a_wrong_column_or_stage_is_named(wrong: Wrong) -> None:
    assert_refused(wrong)
