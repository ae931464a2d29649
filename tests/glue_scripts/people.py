"""A table of people, and the arguments of its check."""

import json

from penstock.jobs import CheckTableArgs

ROOT = "s3://penstock-test/check_table"
SCHEMA = "part string, age int, pay double, sex string, tall boolean, tags array<string>, born date"
ADULT = {"name": "adult", "expression": "age >= 18", "action": "quarantine"}
PAID = {"name": "paid", "expression": "pay > 0", "action": "quarantine"}
KNOWN = {"name": "known", "expression": "sex IN ('F', 'M')", "action": "warn"}
TALL = {"name": "tall", "expression": "tall", "action": "fail"}


def people():
    """Ages 1 to 100; every tenth is a test row; pay is the age, unknown at 50 and NaN at 51; every fourth is F."""
    return [
        (
            "test" if age % 10 == 0 else "train",
            age,
            {50: None, 51: float("nan")}.get(age, float(age)),
            None if age == 99 else "F" if age % 4 == 0 else "M",
            True,
            ["x"],
            None,
        )
        for age in range(1, 101)
    ]


def write(spark, name, rows, schema=SCHEMA):
    uri = f"{ROOT}/{name}/table"
    spark.createDataFrame(rows, schema).write.mode("overwrite").parquet(uri)
    return uri


def arguments(name, *expectations, **values):
    given = {"max_bad_ratio": 1.0, "table_uri": f"{ROOT}/{name}/table", **values}
    return CheckTableArgs(
        table_name="people",
        expectations=json.dumps(expectations),
        passed_uri=f"{ROOT}/{name}/passed",
        quarantine_uri=f"{ROOT}/{name}/quarantine",
        report_uri=f"{ROOT}/{name}/report.json",
        **given,
    )
