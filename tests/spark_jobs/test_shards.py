"""Kill -9 in the middle of a table: the rerun writes the missing shards only, and the table is the undisturbed one."""

import contextlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.ml.recommendation import ALSModel

from penstock.jobs import ScoreArgs
from penstock.scoring import ShardPlan
from penstock.tables import RATINGS
from spark_jobs import score
from spark_jobs.storage import write_table
from tests.spark_jobs.killing import kill_when

USERS, ITEMS, SHARDS = 300, 200, 4
METADATA = {
    "class": "org.apache.spark.ml.recommendation.ALSModel",
    "timestamp": 0,
    "sparkVersion": "3.5.6",
    "uid": "ALS_1",
    "paramMap": {"userCol": "user_id", "itemCol": "item_id"},
    "defaultParamMap": {"blockSize": 4096, "coldStartStrategy": "nan", "predictionCol": "prediction"},
    "rank": 4,
}


def write_model(folder, *, seed):
    rng = np.random.default_rng(seed)
    for name, size in (("userFactors", USERS), ("itemFactors", ITEMS)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        features = pa.array(rng.normal(size=(size, 4)).tolist(), pa.list_(pa.float32()))
        table = pa.table({"id": pa.array(range(size), pa.int32()), "features": features})
        pq.write_table(table, folder / name / f"part-{seed}.parquet")
    (folder / "metadata").mkdir(exist_ok=True)
    (folder / "metadata/part-00000").write_text(json.dumps(METADATA) + "\n")


@pytest.fixture
def inputs(spark, tmp_path):
    write_model(tmp_path / "model", seed=1)
    rows = [(user, user % ITEMS, 4.0, 10**9) for user in range(USERS)]
    ratings = spark.createDataFrame(rows, "user_id int, item_id int, rating double, rated_at long")
    write_table(ratings, f"{tmp_path}/r", RATINGS)
    return tmp_path


def arguments(folder, name="scores", **values):
    locations = {"scores_uri": f"{folder}/{name}", "report_uri": f"{folder}/{name}.json"}
    more = {"k": 5, "shards": SHARDS, "model_uri": f"{folder}/model", "ratings_uri": f"{folder}/r", **values}
    return ScoreArgs(**locations, **more)


def contents(folder):
    """The rows of each file in their order, the files by their first row: their names are random, and parquet-mr writes
    the encodings into a footer in whatever order the addresses of its objects give.
    """
    tables = [pq.read_table(file).to_pydict() for file in folder.glob("*.parquet")]
    return sorted(tables, key=lambda table: table["user_id"][0])


def marks(folder):
    """The shards whose mark is whole: a killed writer may leave one that is empty or ends early."""
    return sorted(int(each.stem) for each in (folder / "_shards").glob("0*.json") if is_json(each.read_text()))


def is_json(text):
    with contextlib.suppress(ValueError):
        return bool(json.loads(text))
    return False


def test_after_a_kill_only_missing_shards_are_written_and_nothing_is_there_twice(spark, inputs):
    undisturbed = score.run(spark, arguments(inputs, "undisturbed"))
    assert (undisturbed.shards, undisturbed.shards_resumed, undisturbed.table.rows) == (SHARDS, 0, USERS * 5)
    args, table = arguments(inputs), inputs / "scores"
    kill_when("score.py", args, lambda: len(marks(table)) >= 1)
    done, kept = marks(table), {file: file.stat().st_mtime_ns for file in table.glob("*.parquet")}
    assert 1 <= len(done) < SHARDS
    assert not (inputs / "scores.json").exists()
    (table / "part-00000-torn.snappy.parquet").write_bytes(b"PAR1")
    report = score.run(spark, args)
    assert (report.shards_resumed, report.table.rows) == (len(done), USERS * 5)
    assert contents(table) == contents(inputs / "undisturbed")
    assert sum(file.exists() and file.stat().st_mtime_ns == at for file, at in kept.items()) >= len(done)
    assert spark.read.parquet(str(table)).select("user_id", "rank").distinct().count() == USERS * 5


def test_other_inputs_begin_again_and_a_lost_file_is_written_again(spark, inputs):
    table = inputs / "scores"
    score.run(spark, arguments(inputs, shards=3))
    assert score.run(spark, arguments(inputs, shards=3)).shards_resumed == 3
    first = ShardPlan.from_json((table / "_shards/plan.json").read_text(), "plan")
    assert (first.bounds, first.shards) == ([100, 200], 3)
    before = contents(table)
    next(table.glob("*.parquet")).unlink()
    assert score.run(spark, arguments(inputs, shards=3)).shards_resumed == 2
    assert contents(table) == before
    write_model(inputs / "model", seed=2)
    ALSModel.load(f"{inputs}/model").userFactors.count()
    for part in (inputs / "model").glob("*Factors/part-1.parquet"):
        part.unlink()
    assert score.run(spark, arguments(inputs, shards=3)).shards_resumed == 0
    assert contents(table) != before
    assert score.run(spark, arguments(inputs, shards=3, k=4)).shards_resumed == 0
    assert spark.read.parquet(str(table)).count() == USERS * 4
