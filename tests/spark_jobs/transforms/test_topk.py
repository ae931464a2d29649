import numpy as np
import pytest
from pyspark.ml.recommendation import ALS

from spark_jobs.als import item_factors, user_factors
from spark_jobs.transforms import topk
from spark_jobs.transforms.topk import Items, best, collect_items, flatten, seen_by_user, top_k


@pytest.fixture(scope="module")
def model(spark):
    rng = np.random.default_rng(7)
    rows = [(u, i, float(rng.integers(1, 11)) / 2) for u in range(40) for i in range(30) if rng.random() < 0.4]
    ratings = spark.createDataFrame(rows, "user_id int, item_id int, rating float").cache()
    als = ALS(userCol="user_id", itemCol="item_id", rank=5, maxIter=3, seed=1, numUserBlocks=2, numItemBlocks=2)
    return als.fit(ratings), ratings


def users(spark, *rows):
    return spark.createDataFrame(rows, "user_id int, features array<float>")


def collect(top):
    return {row.user_id: (row.item_ids, row.scores) for row in top.collect()}


LINE = Items(ids=np.array([3, 5, 8], dtype=np.int32), factors=np.array([[1], [2], [2]], dtype=np.float32))


def test_scores_agree_with_mllib(model):
    fitted, _ = model
    top = collect(top_k(user_factors(fitted), collect_items(item_factors(fitted)), k=7))
    expected = {row.user_id: row.recommendations for row in fitted.recommendForAllUsers(7).collect()}
    assert top.keys() == expected.keys()
    for user, recommendations in expected.items():
        assert top[user][1] == pytest.approx([each.rating for each in recommendations], abs=1e-5)
        assert top[user][0] == [each.item_id for each in recommendations]


def test_small_blocks_give_the_same(model, monkeypatch):
    scores = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert [list(each) for each in best(scores, 2)] == [[3, 2]] * 3
    monkeypatch.setattr(topk, "BLOCK_SCORES", 1)
    fitted, ratings = model
    rows = user_factors(fitted).toPandas()
    import pyarrow as pa  # noqa: PLC0415 - only this test speaks Arrow

    seen = seen_by_user(ratings).toPandas().set_index("user_id")["seen"]
    arrays = [pa.array(rows["user_id"], pa.int32()), pa.array(rows["features"].tolist(), pa.list_(pa.float32()))]
    batch = pa.RecordBatch.from_arrays(
        [*arrays, pa.array([list(seen[user]) for user in rows["user_id"]], pa.list_(pa.int32()))],
        names=["user_id", "features", "seen"],
    )
    items = collect_items(item_factors(fitted))
    blocks = list(topk._scorer(lambda: items, 5)([batch]))
    assert [block.num_rows for block in blocks] == [1] * 40
    together = collect(top_k(user_factors(fitted), items, k=5, seen=seen_by_user(ratings)))
    apart = {block.column("user_id")[0].as_py(): block.column("item_ids")[0].as_py() for block in blocks}
    assert apart == {user: item_ids for user, (item_ids, _) in together.items()}


def test_seen_items_are_never_recommended_and_all_others_are(model):
    fitted, ratings = model
    seen = {row.user_id: set(row.seen) for row in seen_by_user(ratings).collect()}
    items = collect_items(item_factors(fitted))
    top = collect(top_k(user_factors(fitted), items, k=1_000, seen=seen_by_user(ratings)))
    assert {user: set(item_ids) for user, (item_ids, _) in top.items()} == {
        user: set(items.ids.tolist()) - each for user, each in seen.items()
    }


def test_two_runs_are_identical(model):
    fitted, ratings = model
    items, seen = collect_items(item_factors(fitted)), seen_by_user(ratings)
    first = collect(top_k(user_factors(fitted), items, k=9, seen=seen))
    again = collect(top_k(user_factors(fitted).repartition(1), items, k=9, seen=seen))
    assert first == again


def test_equal_scores_go_by_item_id_at_the_boundary_too(spark):
    assert collect(top_k(users(spark, (1, [1.0])), LINE, k=1)) == {1: ([5], [2.0])}
    assert collect(top_k(users(spark, (1, [1.0])), LINE, k=2)) == {1: ([5, 8], [2.0, 2.0])}
    assert collect(top_k(users(spark, (1, [-1.0])), LINE, k=2)) == {1: ([3, 5], [-1.0, -2.0])}
    assert collect(top_k(users(spark, (1, [0.0])), LINE, k=2)) == {1: ([3, 5], [0.0, 0.0])}


def test_a_user_who_has_seen_everything_gets_an_empty_list(spark):
    seen = spark.createDataFrame([(1, [3, 5, 8]), (2, [8, 99])], "user_id int, seen array<int>")
    top = top_k(users(spark, (1, [1.0]), (2, [1.0]), (3, [1.0])), LINE, k=3, seen=seen)
    assert {user: item_ids for user, (item_ids, _) in collect(top).items()} == {1: [], 2: [5, 3], 3: [5, 8, 3]}


def test_no_item_at_all(spark):
    seen = spark.createDataFrame([(1, [3])], "user_id int, seen array<int>")
    nothing = LINE.only(np.array([4], dtype=np.int32))
    assert collect(top_k(users(spark, (1, [1.0])), nothing, k=3, seen=seen)) == {1: ([], [])}


def test_flat_rows_rank_from_one(spark):
    rows = flatten(top_k(users(spark, (7, [1.0])), LINE, k=2))
    assert rows.collect() == [(7, 1, 5, 2.0), (7, 2, 8, 2.0)]
    assert rows.columns == ["user_id", "rank", "item_id", "score"]
