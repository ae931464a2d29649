import json
from pathlib import Path

import pytest
from pyspark.ml.linalg import SparseVector, Vectors, VectorUDT

from glue_scripts import check_table
from penstock.checks import ChecksReport, ColumnProfile, Outcome
from penstock.documents import Column
from penstock.errors import ArgumentError, DataError
from penstock.jobs import CheckTableArgs
from penstock.tables import QUARANTINE
from tests.glue_scripts.people import ADULT, KNOWN, PAID, ROOT, TALL, arguments, people, write


def test_every_row_passes_or_is_quarantined_with_the_first_expectation_it_breaks(spark, bucket):
    write(spark, "sieved", people())
    args = arguments("sieved", KNOWN, ADULT, PAID, code_sha="abc")
    report = check_table.run(spark, args)
    file = bucket / "check_table/sieved/report.json"
    assert ChecksReport.from_json(file.read_text(), str(file)) == report
    assert report.outcomes == [
        Outcome(name="known", expression="sex IN ('F', 'M')", action="warn", violations=1),
        Outcome(name="adult", expression="age >= 18", action="quarantine", violations=17),
        Outcome(name="paid", expression="pay > 0", action="quarantine", violations=1),
    ]
    assert (report.read, report.table.rows, report.quarantined, report.code_sha) == (100, 82, 18, "abc")
    passed, quarantine = (spark.read.parquet(uri) for uri in (args.passed_uri, args.quarantine_uri))
    assert passed.schema == spark.read.parquet(args.table_uri).schema
    assert sorted(row["age"] for row in passed.collect()) == [*range(18, 50), *range(51, 101)]
    assert dict(quarantine.dtypes) == QUARANTINE
    rows = sorted(quarantine.collect(), key=lambda row: (row.reason, json.loads(row.line)["age"]))
    assert [(row.source, row.reason) for row in rows] == [("people", "adult")] * 17 + [("people", "paid")]
    assert json.loads(rows[-1].line) == {
        "part": "test",
        "age": 50,
        "pay": None,
        "sex": "M",
        "tall": True,
        "tags": ["x"],
        "born": None,
    }
    assert {Path(row.file).parent.name for row in rows} == {"table"}
    assert report.warnings == [
        "1 of 100 rows (1.00%) break 'known': sex IN ('F', 'M').",
        "17 of 100 rows (17.00%) break 'adult': age >= 18; they are quarantined.",
        "1 of 100 rows (1.00%) break 'paid': pay > 0; they are quarantined.",
    ]
    assert check_table.run(spark, args).outcomes == report.outcomes  # a retry replaces everything by the same
    assert spark.read.parquet(args.quarantine_uri).count() == 18


def test_only_training_rows_are_profiled(spark):
    write(spark, "profiled", people())
    report = check_table.run(spark, arguments("profiled"))
    age, pay, sex, tall = report.profile
    assert age.edges == [9.0, 19.0, 29.0, 39.0, 49.0, 59.0, 69.0, 79.0, 89.0]
    assert age.counts == [8, 9, 9, 9, 9, 9, 9, 9, 9, 10]
    assert (age.type, age.rows, age.nulls, age.mean, age.low, age.high) == ("int", 90, 0, 50.0, 1.0, 99.0)
    assert (pay.rows, pay.nulls, sum(pay.counts)) == (90, 1, 89)
    assert sex == ColumnProfile(name="sex", type="string", rows=90, nulls=1, categories={"M": 69, "F": 20})
    assert tall == ColumnProfile(name="tall", type="boolean", rows=90, nulls=0, categories={"true": 90})
    assert report.table.columns[0] == Column(name="part", type="string")


def test_numbers_of_few_values_have_few_bins(spark):
    rows = [("train", n, None, str(n), None, None, None) for n in [0] * 30 + [1] * 10]
    write(spark, "few", rows)
    age, pay, sex = check_table.run(spark, arguments("few", columns='["age", "tags", "pay", "sex"]')).profile
    assert (age.edges, age.counts) == ([0.0, 1.0], [0, 30, 10])
    assert (pay.edges, pay.counts, pay.nulls, pay.mean) == ([], [0], 40, None)
    assert (sex.categories, sex.other) == ({"0": 30, "1": 10}, 0)


def test_categories_beyond_the_most_frequent_are_counted_together(spark):
    names = [f"{n:02}" for n in range(60) for _ in range(60 - n)]
    write(spark, "many", [("train", 1, 1.0, name, None, None, None) for name in [*names, *[None] * 5]])
    (sex,) = check_table.run(spark, arguments("many", columns='["sex"]')).profile
    assert sex.categories == {f"{n:02}": 60 - n for n in range(50)}
    assert (sex.other, sex.nulls, sex.rows) == (sum(range(1, 11)), 5, len(names) + 5)


def test_the_held_out_rows_are_those_that_every_other_job_holds_out(spark):
    write(spark, "late", people())
    by_time = {"holdout": "temporal", "time_column": "age", "test_fraction": 0.5}
    late = {"name": "early", "expression": "age <= 50", "action": "quarantine"}
    (age,) = check_table.run(spark, arguments("late", late, columns='["age"]', **by_time)).profile
    assert (age.rows, age.low, age.high) == (25, 1.0, 25.0)  # of the 50 that passed, not of the 100


@pytest.fixture(scope="module")
def reference(spark):
    write(spark, "reference", people())
    check_table.run(spark, arguments("reference"))
    return f"{ROOT}/reference/report.json"


def test_rows_that_must_not_be_there_fail_the_job_after_the_report_was_written(spark, bucket):
    rows = people()
    write(spark, "forbidden", [*rows[:-1], (*rows[-1][:4], None, None, None)])
    with pytest.raises(DataError) as failure:
        check_table.run(spark, arguments("forbidden", TALL, KNOWN))
    sentence = "1 of 100 rows (1.00%) break 'tall': tall."
    assert str(failure.value) == f"{ROOT}/forbidden/table: {sentence}"
    file = bucket / "check_table/forbidden/report.json"
    report = ChecksReport.from_json(file.read_text(), str(file))
    assert (report.failures, report.table.rows, report.quarantined) == ([sentence], 100, 0)
    assert spark.read.parquet(f"{ROOT}/forbidden/quarantine").count() == 0


def test_the_ratio_may_be_reached_but_not_passed(spark):
    write(spark, "ratio", people())
    assert check_table.run(spark, arguments("ratio", ADULT, max_bad_ratio=0.17)).failures == []
    with pytest.raises(DataError) as failure:
        check_table.run(spark, arguments("ratio", ADULT, max_bad_ratio=0.16))
    assert str(failure.value) == (
        f"{ROOT}/ratio/table: 17 of 100 rows were quarantined (17.00%), at most 16.00% may be. "
        f"See the rows in {ROOT}/ratio/quarantine."
    )


@pytest.mark.parametrize(
    ("rows", "expression", "message"),
    [
        ([], "true", "0 of 0 rows were quarantined (0.00%), none passed."),
        (people()[:2], "age > 2", "2 of 2 rows were quarantined (100.00%), none passed."),
        (people()[9:10], "true", "None of the 1 rows that passed is one to train on (column: part)."),
    ],
)
def test_no_row_to_learn_from_fails_whatever_the_ratio(spark, reference, rows, expression, message):
    write(spark, "none", rows)
    expectation = {"name": "any", "expression": expression, "action": "quarantine"}
    with pytest.raises(DataError) as failure:
        check_table.run(spark, arguments("none", expectation, reference_uri=reference))
    assert str(failure.value) == f"{ROOT}/none/table: {message}"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "agee > 3",
            (
                "is refused by Spark: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name "
                "`agee` cannot be resolved. Did you mean one of the following? [`age`, `sex`, `tags`, `part`, `pay`].; "
                "line 1 pos 0; did you mean 'age'?"
            ),
        ),
        (
            "age + 1",
            (
                'is refused by Spark: [DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN] Cannot resolve "(age + 1)" due to data '
                'type mismatch: Filter expression "(age + 1)" of type "INT" is not a boolean'
            ),
        ),
        ("age >", "is refused by Spark: [PARSE_SYNTAX_ERROR] Syntax error at or near end of input.(line 1, pos 5)"),
        ("count(*) > 1", "is refused by Spark: "),
        ("rand() < 0.5", "says something else each time it is asked; expected a function of the row alone"),
        ("100 / (age - 1) > 0", "fails on a row: "),
    ],
)
def test_a_wrong_expression_is_named(spark, reference, expression, message):
    wrong = {"name": "odd", "expression": expression, "action": "warn"}
    args = arguments("wrong", KNOWN, wrong, table_uri=f"{ROOT}/reference/table")
    with pytest.raises(DataError) as failure:
        check_table.run(spark, args)
    beginning = f"{args.table_uri}: expectations[1] 'odd': `{expression}` "
    assert str(failure.value).startswith(beginning + message)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"expectations": "["}, "glue_scripts/check_table.py --expectations: is not JSON: "),
        ({"columns": "{}"}, "glue_scripts/check_table.py --columns: expected a list, got {}"),
    ],
)
def test_wrong_arguments_fail_before_anything_is_read(spark, values, message):
    args = CheckTableArgs(**{**vars(arguments("absent")), **values})
    with pytest.raises(ArgumentError) as failure:
        check_table.run(spark, args)
    assert str(failure.value).startswith(message)


def test_an_unknown_column_to_profile_is_named(spark, reference):
    args = arguments("unlisted", table_uri=f"{ROOT}/reference/table", columns='["agee"]')
    with pytest.raises(DataError) as failure:
        check_table.run(spark, args)
    assert str(failure.value) == f"{args.table_uri}: no column 'agee', which --columns names; did you mean 'age'?"


def test_vectors_stay_vectors(spark):
    rows = [("train", Vectors.sparse(3, [1], [2.0]), 1.0), ("test", Vectors.dense([0.0, 1.0, 2.0]), 0.0)]
    frame = spark.createDataFrame(rows, ["part", "features", "label"])
    frame.write.mode("overwrite").parquet(f"{ROOT}/vectors/table")
    labelled = {"name": "binary", "expression": "label = 1", "action": "quarantine"}
    args = arguments("vectors", labelled)
    report = check_table.run(spark, args)
    passed = spark.read.parquet(args.passed_uri)
    assert isinstance(passed.schema["features"].dataType, VectorUDT)
    assert passed.collect() == [("train", SparseVector(3, {1: 2.0}), 1.0)]
    assert [each.name for each in report.profile] == ["label"]


def test_arguments_arrive_as_glue_passes_them():
    args = arguments("glue", ADULT)
    pairs = [each for pair in args.to_glue().items() for each in pair]
    assert CheckTableArgs.from_argv([*pairs, "--JOB_NAME", "x"]) == args
