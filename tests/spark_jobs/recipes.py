"""A small table that can be learnt, and recipes over it."""

import copy
import json

from penstock.documents import Document
from penstock.jobs import FitArgs
from spark_jobs import fit

ROOT = "s3://penstock-test/fit"
PEOPLE = "part string, age int, country string, bio string, weight double, income string, earned double, joined int"
STAGES = [
    {"stage": "StringIndexer", "columns": ["country"], "params": {"handleInvalid": "keep"}},
    {"stage": "VectorAssembler", "columns": ["age", "country_index"], "params": {"handleInvalid": "error"}},
]
INCOME = {
    "problem": "binary",
    "label": {"column": "income", "positive": "rich"},
    "columns": {"number": ["age"], "category": ["country"]},
    "stages": STAGES,
    "estimator": {"name": "DecisionTreeClassifier", "params": {"maxDepth": 3}},
}
EARNED = {
    **INCOME,
    "problem": "regression",
    "label": {"column": "earned"},
    "estimator": {"name": "LinearRegression", "params": {"maxIter": 5}},
}


def people(rows=120):
    """The old and whoever lives in AA are rich; every fifth row is held out."""
    table = []
    for n in range(rows):
        age, country = (20, 25, 30, 55, 60, 65)[n // 3 % 6], ("AA", "BB", "CC")[n % 3]
        rich = age >= 45 or country == "AA"
        part = "test" if n % 5 == 0 else "train"
        bio = f"{'gold' if rich else 'tin'} {country}"
        table.append((part, age, country, bio, 1.0, "rich" if rich else "poor", 10.0 * age + n % 3, n))
    return table


def write(spark, rows, schema=PEOPLE, *, name="people"):
    uri = f"{ROOT}/{name}/table"
    spark.createDataFrame(rows, schema).write.mode("overwrite").parquet(uri)
    return uri


def fitted(spark, uri, recipe, **values) -> Document:
    """The report of a fit whose model and report lie beside the table."""
    folder = uri.removesuffix("/table")
    locations = {"model_uri": f"{folder}/model", "report_uri": f"{folder}/report.json"}
    return fit.run(spark, FitArgs(table_uri=uri, recipe=json.dumps(recipe), **{**locations, **values}))


def with_estimator(recipe, name, **spec):
    return {**copy.deepcopy(recipe), "estimator": {"name": name, **spec}}
