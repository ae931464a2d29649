import pytest

from glue_scripts.transforms.adult import COLUMNS, is_heading, judge_adult
from penstock.errors import DataError

GOOD = "39, State-gov, 77516, HS-grad, 9, Never-married, Adm-clerical, Unmarried, White, Male, 2174, 0, 40, Cuba, <=50K"
HEADER = (
    "age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,"
    "capital-gain,capital-loss,hours-per-week,native-country,salary"
)


def changed(**values):
    cells = dict(zip(COLUMNS, GOOD.split(", "), strict=True)) | values
    return ", ".join(cells.values())


LINES = {
    GOOD: None,
    GOOD.replace(", ", ","): None,
    f"  {GOOD}. ": None,
    HEADER: "repeated header",
    "": "blank line",
    " \t": "blank line",
    "," * 30_000: "longer than 4096 characters",
    changed(workclass='"Private'): "unbalanced quote",
    GOOD + ", 1": "not 15 columns",
    GOOD.rpartition(",")[0]: "not 15 columns",
    "|1x3 Cross validator": "not 15 columns",
    changed(age="old"): "age is not an integer",
    changed(age=""): "age is not an integer",
    changed(age="?"): "age is not an integer",
    changed(age="39.5"): "age is not an integer",
    changed(age="16"): "age is not between 17 and 90",
    changed(age="91"): "age is not between 17 and 90",
    changed(age="90"): None,
    changed(fnlwgt="1"): "fnlwgt is not between 2 and 2147483647",
    changed(fnlwgt="99999999999999999999"): "fnlwgt is not between 2 and 2147483647",
    changed(education_num="17"): "education_num is not between 1 and 16",
    changed(capital_gain="-1"): "capital_gain is not between 0 and 99999",
    changed(capital_loss="100000"): "capital_loss is not between 0 and 99999",
    changed(hours_per_week="0"): "hours_per_week is not between 1 and 99",
    changed(race=""): "race is empty",
    changed(native_country="\t"): "native_country is empty",
    changed(income="50K"): "income is neither <=50K nor >50K",
    changed(income="<=50k"): "income is neither <=50K nor >50K",
    changed(income=">50K.."): "income is neither <=50K nor >50K",
    changed(income=""): "income is neither <=50K nor >50K",
    changed(income="?"): "income is neither <=50K nor >50K",
    changed(age="x", income="?"): "age is not an integer",
}


def judge(spark, lines):
    frame = spark.createDataFrame(
        [("f", line, line == HEADER) for line in lines], "file string, line string, is_header boolean"
    )
    return {row.line: row for row in judge_adult(frame).collect()}


def test_the_first_broken_rule_is_the_reason(spark):
    assert {line: row.reason for line, row in judge(spark, LINES).items()} == LINES


@pytest.mark.parametrize(("written", "income"), [("<=50K", "<=50K"), ("<=50K.", "<=50K"), (" >50K. ", ">50K")])
def test_a_good_row_is_trimmed_typed_and_labelled_alike(spark, written, income):
    (row,) = judge(spark, [changed(income=written)]).values()
    assert tuple(row)[: len(COLUMNS)] == (
        39,
        "State-gov",
        77516,
        "HS-grad",
        9,
        "Never-married",
        "Adm-clerical",
        "Unmarried",
        "White",
        "Male",
        2174,
        0,
        40,
        "Cuba",
        income,
    )


def test_a_question_mark_is_unknown(spark):
    (row,) = judge(spark, [changed(workclass="?", native_country="?", occupation="Sales?")]).values()
    assert (row.reason, row.workclass, row.native_country, row.occupation) == (None, None, None, "Sales?")


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        (GOOD, False),
        ("", False),
        ("|1x3 Cross validator", True),
        (HEADER, True),
        (HEADER.replace("-", ".").replace("salary", "income"), True),
        (", ".join(f'"{name}"' for name in COLUMNS).replace(", ", ","), True),
    ],
)
def test_a_heading_is_a_comment_or_names_the_columns(line, heading):
    assert is_heading(line, "f") is heading


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER.replace("race,sex", "sex,race"), "relationship, sex, race, capital_gain"),
        (HEADER.replace("salary", "salary,id"), "native_country, salary, id"),
        (HEADER.replace("salary", "label"), "native_country, label"),
    ],
)
def test_another_header_is_refused_with_what_was_found(header, found):
    with pytest.raises(DataError) as failure:
        is_heading(header, "s3://b/adult.data")
    start, _, end = str(failure.value).partition("found age, ")
    assert start == "s3://b/adult.data: a header of other columns, or in another order; "
    assert f"{found}" in end
    assert end.endswith(f"; expected {', '.join(COLUMNS)}, or no header")
