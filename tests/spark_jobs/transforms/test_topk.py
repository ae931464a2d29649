import numpy as np
import pytest
from pyspark.ml.recommendation import ALS

from penstock.jobs import Catalogue
from penstock.tables import SCORES
from spark_jobs.als import item_factors, user_factors
from spark_jobs.transforms import kernel, topk
from spark_jobs.transforms.histories import seen_by_user
from spark_jobs.transforms.item_blocks import collect_users, top_rows_by_blocks
from spark_jobs.transforms.kernel import Items
from spark_jobs.transforms.topk import collect_items, top_k, top_rows, with_seen


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


def rows_of(fitted, catalogue, *, k, seen=None, block=65_536):
    known = with_seen(user_factors(fitted).repartition(1), seen)
    items = item_factors(fitted)
    if catalogue is Catalogue.BLOCKS:
        return top_rows_by_blocks(items, collect_users(known), k=k, partitions=1, block=block).collect()
    return top_rows(known.sortWithinPartitions("user_id"), collect_items(items), k=k, block=block).collect()


@pytest.mark.parametrize("catalogue", [Catalogue.BROADCAST, Catalogue.BLOCKS])
@pytest.mark.parametrize("block", [65_536, 7])
def test_scores_agree_with_mllib_on_every_path(model, catalogue, block):
    fitted, _ = model
    found = rows_of(fitted, catalogue, k=7, block=block)
    expected = {row.user_id: row.recommendations for row in fitted.recommendForAllUsers(7).collect()}
    assert [(row.user_id, row.rank) for row in found] == [(user, rank) for user in range(40) for rank in range(1, 8)]
    assert [row.item_id for row in found] == [each.item_id for user in range(40) for each in expected[user]]
    assert [row.score for row in found] == pytest.approx(
        [each.rating for user in range(40) for each in expected[user]], rel=1e-5
    )


def test_every_path_gives_the_same_to_the_last_bit(model):
    fitted, ratings = model
    seen = seen_by_user(ratings)
    together = rows_of(fitted, Catalogue.BROADCAST, k=9, seen=seen)
    assert rows_of(fitted, Catalogue.BLOCKS, k=9, seen=seen) == together
    assert rows_of(fitted, Catalogue.BLOCKS, k=9, seen=seen, block=4) == together
    assert rows_of(fitted, Catalogue.BROADCAST, k=9, seen=seen, block=4) == together


def test_the_order_of_the_rows_does_not_matter(model):
    fitted, ratings = model
    items, seen = collect_items(item_factors(fitted)), seen_by_user(ratings)
    first = collect(top_k(user_factors(fitted), items, k=9, seen=seen))
    upside_down = user_factors(fitted).repartition(3).sortWithinPartitions("user_id", ascending=False)
    assert collect(top_k(upside_down, items, k=9, seen=seen)) == first


def test_seen_items_are_never_recommended_and_all_others_are(model):
    fitted, ratings = model
    seen = {row.user_id: set(row.item_ids) for row in seen_by_user(ratings).collect()}
    items = collect_items(item_factors(fitted))
    top = collect(top_k(user_factors(fitted), items, k=1_000, seen=seen_by_user(ratings)))
    assert {user: set(item_ids) for user, (item_ids, _) in top.items()} == {
        user: set(items.ids.tolist()) - each for user, each in seen.items()
    }


def test_equal_scores_go_by_item_id_at_the_boundary_too(spark):
    assert collect(top_k(users(spark, (1, [1.0])), LINE, k=1)) == {1: ([5], [2.0])}
    assert collect(top_k(users(spark, (1, [1.0])), LINE, k=2)) == {1: ([5, 8], [2.0, 2.0])}
    assert collect(top_k(users(spark, (1, [-1.0])), LINE, k=2)) == {1: ([3, 5], [-1.0, -2.0])}
    assert collect(top_k(users(spark, (1, [0.0])), LINE, k=2)) == {1: ([3, 5], [0.0, 0.0])}


def test_a_user_who_has_seen_everything_gets_an_empty_list_and_no_row(spark):
    seen = spark.createDataFrame([(1, [3, 5, 8]), (2, [8, 99])], "user_id int, item_ids array<int>")
    everyone = users(spark, (1, [1.0]), (2, [1.0]), (3, [1.0]))
    top = top_k(everyone, LINE, k=3, seen=seen)
    assert {user: item_ids for user, (item_ids, _) in collect(top).items()} == {1: [], 2: [5, 3], 3: [5, 8, 3]}
    rows = top_rows(with_seen(everyone.where("user_id < 3"), seen), LINE, k=3)
    assert rows.collect() == [(2, 1, 5, 2.0), (2, 2, 3, 1.0)]
    assert dict(rows.dtypes) == SCORES


def test_no_item_at_all(spark):
    seen = spark.createDataFrame([(1, [3])], "user_id int, item_ids array<int>")
    nothing = LINE.only(np.array([4], dtype=np.int32))
    assert collect(top_k(users(spark, (1, [1.0])), nothing, k=3, seen=seen)) == {1: ([], [])}


def test_workers_compute_with_one_thread_each(spark):
    """Two workers on two cores with two threads each would be in each other's way; Spark sets it for task.cpus 1."""

    def threads(batches):
        import os  # noqa: PLC0415 - in the worker

        import pyarrow as pa  # noqa: PLC0415

        for _ in batches:
            yield pa.RecordBatch.from_pydict({"threads": [os.environ["OMP_NUM_THREADS"]]})

    assert users(spark, (1, [1.0])).mapInArrow(threads, "threads string").collect() == [("1",)]


def test_pieces_are_whole_blocks(monkeypatch):
    import pyarrow as pa  # noqa: PLC0415 - only this test speaks Arrow

    monkeypatch.setattr(topk, "BATCH_PLACES", 2 * kernel.BLOCK_USERS * 10)
    batch = pa.RecordBatch.from_pydict({"user_id": list(range(300))})
    assert [each.num_rows for each in topk.pieces(batch, 10)] == [128, 128, 44]
