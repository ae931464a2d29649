import json

import numpy as np
import pytest

from penstock.jobs import RelateItemsArgs, TrainArgs
from penstock.scoring import RelationReport
from penstock.tables import ITEM_USERS, SIMILAR_ITEMS
from spark_jobs import relate_items, train
from spark_jobs.als import load_model

ROOT = "s3://penstock-test/relate_items"


@pytest.fixture(scope="module")
def model_uri(spark, two_tastes):
    grid = json.dumps({"rank": [4], "maxIter": [3]})
    locations = {"model_uri": f"{ROOT}/model", "report_uri": f"{ROOT}/training.json"}
    return train.run(spark, TrainArgs(ratings_uri=two_tastes, grid=grid, **locations)).model_uri


def relate(spark, model_uri, relation, **values):
    locations = {"table_uri": f"{ROOT}/{relation}", "report_uri": f"{ROOT}/{relation}.json"}
    report = relate_items.run(spark, RelateItemsArgs(model_uri=model_uri, relation=relation, **locations, **values))
    table = spark.read.parquet(report.table.uri)
    return report, table, sorted(table.collect())


def factors(table):
    rows = sorted(table.collect())
    return np.array([row.id for row in rows]), np.array([row.features for row in rows])


def expected(ids, scores, k):
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return ids[order].ravel().tolist(), np.take_along_axis(scores, order, axis=1).ravel()


@pytest.mark.parametrize("catalogue", ["broadcast", "blocks"])
def test_similar_items_by_cosine_without_themselves(spark, model_uri, bucket, catalogue):
    report, table, rows = relate(spark, model_uri, "similar_items", k=3, catalogue=catalogue, shards=2)
    file = bucket / "relate_items/similar_items.json"
    assert RelationReport.from_json(file.read_text(), str(file)) == report
    assert dict(table.dtypes) == SIMILAR_ITEMS
    assert (report.items, report.candidates, report.table.rows, report.shards) == (40, 40, 120, 2)
    ids, found = factors(load_model(model_uri).itemFactors)
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    others, values = expected(ids, cosines, 3)
    assert [row.similar_item_id for row in rows] == others
    assert [row.similarity for row in rows] == pytest.approx(values, rel=1e-5)
    assert all(row.item_id % 2 == row.similar_item_id % 2 for row in rows)


def test_users_for_each_item(spark, model_uri):
    report, table, rows = relate(spark, model_uri, "users", k=4)
    assert dict(table.dtypes) == ITEM_USERS
    assert (report.items, report.candidates) == (40, 60)
    model = load_model(model_uri)
    users, mine = factors(model.userFactors)
    others, values = expected(users, factors(model.itemFactors)[1] @ mine.T, 4)
    assert [row.user_id for row in rows] == others
    assert [row.score for row in rows] == pytest.approx(values, rel=1e-5)
