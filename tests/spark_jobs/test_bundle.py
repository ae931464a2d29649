import hashlib
import json

import numpy as np
import pytest

from penstock.bundle import MANIFEST, BundleFile, BundleManifest
from penstock.documents import TrainingReport
from penstock.errors import DataError
from penstock.jobs import BundleArgs
from penstock.tables import HISTORIES, MOVIES, RATINGS
from spark_jobs import bundle
from spark_jobs.als import model_of
from spark_jobs.storage import write_document, write_table

ROOT = "s3://penstock-test/bundle"
ITEMS = [(40, [2.0, -1.0]), (10, [3.0, 0.0]), (-3, [1.0, 1.0]), (20, [0.0, 1.0])]
USERS = [(7, [1.0, 1.0]), (1, [1.0, 0.0]), (5, [0.0, 2.0])]
RATED = [(1, 10, 4.0), (1, 20, 5.0), (7, 40, 1.0), (7, 99, 3.5), (8, 20, 2.0)]
"""Item 99 and user 8 have no factors, item -3 and user 5 no ratings."""
FILMS = [
    (10, "Matrix, The (1999)", ["Sci-Fi", "Action"]),
    (20, "Amélie (2001)", ["Romance"]),
    (40, " ", ["Action", "Action", ""]),
    (99, "Unknown", ["Western"]),
]
TRAINING = TrainingReport(
    objective="ranking",
    algorithm="",
    model_uri="",
    metric="ndcg_at_k",
    candidates=[],
    best={"rank": 2, "alpha": 5.0},
    split="",
    train_rows=4,
    validation_rows=1,
    test_rows=0,
    users=3,
    items=4,
    seed=1,
    seconds=1.0,
    fingerprint="",
    code_sha="",
)


def write_inputs(spark, *, items=tuple(ITEMS), users=tuple(USERS), rank=2):
    tables = [spark.createDataFrame(list(each), "id int, features array<float>") for each in (users, items)]
    model_of(*tables, rank=rank).write().overwrite().save(f"{ROOT}/model")
    rows = [(*each, 10**9) for each in RATED]
    ratings = spark.createDataFrame(rows, "user_id int, item_id int, rating double, rated_at long")
    write_table(ratings, f"{ROOT}/ratings", RATINGS)
    movies = spark.createDataFrame(FILMS, "item_id int, title string, genres array<string>")
    write_table(movies, f"{ROOT}/movies", MOVIES)
    write_document(spark, TRAINING, f"{ROOT}/training.json")


@pytest.fixture
def inputs(spark):
    write_inputs(spark)


def arguments(**values):
    given = {
        "model_uri": f"{ROOT}/model",
        "training_uri": f"{ROOT}/training.json",
        "ratings_uri": f"{ROOT}/ratings",
        "movies_uri": f"{ROOT}/movies",
        "bundle_uri": f"{ROOT}/bundles/m/1",
        "report_uri": f"{ROOT}/report.json",
        "model": "m",
        "version": "1",
        "dag_id": "d",
        "run_id": "r",
        "code_sha": "c",
    }
    return BundleArgs(**{**given, **values})


def content(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir() if not each.name.startswith(".")}


def test_every_array_and_what_the_manifest_says_of_it(spark, inputs, bucket):
    manifest = bundle.run(spark, arguments())
    folder = bucket / "bundle/bundles/m/1"
    found = {each.stem: np.load(each) for each in folder.glob("*.npy")}
    assert {name: array.tolist() for name, array in found.items() if name not in ("titles", "genre_names")} == {
        "user_ids": [1, 5, 7],
        "user_factors": [[1, 0], [0, 2], [1, 1]],
        "item_ids": [-3, 10, 20, 40],
        "item_factors": [[1, 1], [3, 0], [0, 1], [2, -1]],
        "title_offsets": [0, 7, 25, 39, 46],
        "genre_name_offsets": [0, 6, 13, 19],
        "genre_offsets": [0, 2, 3, 4],
        "genre_items": [1, 3, 2, 1],
        "seen_offsets": [0, 2, 2, 3],
        "seen_items": [1, 2, 3],
        "popularity": [0, 1, 2, 1],
    }
    assert found["titles"].tobytes().decode() == "Item -3Matrix, The (1999)Amélie (2001)Item 40"
    assert found["genre_names"].tobytes() == b"ActionRomanceSci-Fi"
    file = folder / MANIFEST
    assert BundleManifest.from_json(file.read_text(), str(file)) == manifest
    assert (bucket / "bundle/report.json").read_text() == file.read_text()
    counts = (manifest.rank, manifest.users, manifest.items, manifest.seen, manifest.genres)
    assert counts == (2, 3, 4, 3, 3)
    learning = (manifest.implicit, manifest.alpha, manifest.reg_param, manifest.top_rating)
    assert learning == (True, 5.0, 0.1, 5.0)
    assert (manifest.model, manifest.version, manifest.dag_id, manifest.run_id) == ("m", "1", "d", "r")
    assert manifest.checksum == manifest.expected_checksum()
    assert [each.name for each in manifest.files] == list(BundleFile)
    for each in manifest.files:
        held = (folder / each.name).read_bytes()
        array = found[each.name.removesuffix(".npy")]
        assert (each.bytes, each.sha256) == (len(held), hashlib.sha256(held).hexdigest())
        assert (each.dtype, each.shape) == (array.dtype.str, list(array.shape))


def test_histories_that_are_laid_out_say_the_same_as_the_ratings(spark, inputs, bucket):
    from_ratings = bundle.run(spark, arguments())
    rows = [(1, [20, 10]), (7, [99, 40, 40])]
    histories = spark.createDataFrame(rows, "user_id int, item_ids array<int>")
    write_table(histories, f"{ROOT}/histories", HISTORIES)
    again = bundle.run(spark, arguments(histories_uri=f"{ROOT}/histories", bundle_uri=f"{ROOT}/bundles/m/2"))
    assert again.files == from_ratings.files


def test_a_rerun_replaces_nothing_that_is_whole_and_equal(spark, inputs, bucket, capsys):
    first = bundle.run(spark, arguments())
    folder = bucket / "bundle/bundles/m/1"
    times = {each.name: each.stat().st_mtime_ns for each in folder.iterdir()}
    assert bundle.run(spark, arguments(run_id="another", code_sha="x")) == first
    assert {each.name: each.stat().st_mtime_ns for each in folder.iterdir()} == times
    assert f"{ROOT}/bundles/m/1 is there already, whole and equal" in capsys.readouterr().out
    assert json.loads((bucket / "bundle/report.json").read_text())["run_id"] == "r"


@pytest.mark.parametrize("damage", ["lost", "torn", "no manifest", "torn manifest", "changed manifest"])
def test_a_torn_bundle_is_repaired_byte_for_byte(spark, inputs, bucket, damage):
    bundle.run(spark, arguments())
    folder = bucket / "bundle/bundles/m/1"
    whole = content(folder)
    name = "seen_items.npy" if damage in ("lost", "torn") else MANIFEST
    changed = {"torn": whole[name][:-1], "torn manifest": whole[name][:-9]}
    changed["changed manifest"] = whole[name].replace(b'"alpha": 5.0', b'"alpha": 6.0')
    (folder / f".{name}.crc").unlink()
    (folder / name).unlink()
    if damage in changed:
        (folder / name).write_bytes(changed[damage])
    bundle.run(spark, arguments())
    assert content(folder) == whole


def test_a_job_that_stops_half_way_leaves_no_manifest(spark, inputs, bucket, monkeypatch):
    bundle.run(spark, arguments())
    folder = bucket / "bundle/bundles/m/1"
    whole = content(folder)
    upload, uploaded = bundle.upload, []

    def stopping(spark, file, uri):
        if len(uploaded) == 5:
            raise DataError("stopped")
        uploaded.append(uri)
        upload(spark, file, uri)

    write_inputs(spark, items=[*ITEMS, (50, [1.0, 2.0])])
    monkeypatch.setattr(bundle, "upload", stopping)
    with pytest.raises(DataError, match="stopped"):
        bundle.run(spark, arguments())
    assert not (folder / MANIFEST).exists()
    assert not (bucket / "bundle/report.json").exists()
    monkeypatch.undo()
    write_inputs(spark)
    bundle.run(spark, arguments())
    assert content(folder) == whole


def test_bytes_do_not_depend_on_partitions_and_batches(spark, inputs, bucket, monkeypatch):
    one = bundle.run(spark, arguments())
    settings = {"spark.sql.shuffle.partitions": "3", "spark.sql.execution.arrow.maxRecordsPerBatch": "1"}
    before = {name: spark.conf.get(name) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        other = bundle.run(spark, arguments(bundle_uri=f"{ROOT}/bundles/m/3"))
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
    assert other == one


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"items": []}, f"{ROOT}/model: the model has no items; there is nothing to serve"),
        ({"items": [(1, [float("nan"), 1.0])]}, f"{ROOT}/model: factors that are no finite numbers: the training has"),
        ({"rank": 3}, f"{ROOT}/model: factors of 2 to 2; expected 3 each"),
        ({"users": [(1, [0.0, 1.0]), (1, [1.0, 0.0])]}, f"{ROOT}/model: user 1 is there more than once"),
    ],
)
def test_what_no_service_could_use_is_refused(spark, changes, message):
    write_inputs(spark, **changes)
    with pytest.raises(DataError) as caught:
        bundle.run(spark, arguments(bundle_uri=f"{ROOT}/bundles/m/4"))
    assert str(caught.value).startswith(message)
