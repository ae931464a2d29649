import dataclasses
import itertools
import json

import pytest
from pyspark.ml.recommendation import ALSModel

from penstock.errors import ArgumentError, DataError
from penstock.jobs import ScoreArgs, TrainArgs
from penstock.scoring import ScoreReport
from penstock.tables import HISTORIES, MOVIES, SCORES
from spark_jobs import score, train
from spark_jobs.storage import write_table
from spark_jobs.transforms.histories import seen_by_user

ROOT = "s3://penstock-test/score"


@pytest.fixture(scope="module")
def ratings_uri(spark, two_tastes):
    """All of `two_tastes`, and user 1 has rated every item."""
    uri = f"{ROOT}/ratings"
    ratings = spark.read.parquet(two_tastes)
    greedy = ratings.select("item_id").distinct().selectExpr("1", "item_id", "float(4)", "bigint(1000000000)")
    ratings.where("user_id <> 1").union(greedy).write.mode("overwrite").parquet(uri)
    return uri


@pytest.fixture(scope="module")
def model_uri(spark, ratings_uri):
    grid = json.dumps({"rank": [4], "maxIter": [3]})
    locations = {"model_uri": f"{ROOT}/model", "report_uri": f"{ROOT}/training.json"}
    return train.run(spark, TrainArgs(ratings_uri=ratings_uri, grid=grid, **locations)).model_uri


def arguments(ratings_uri, model_uri, **values):
    locations = {"scores_uri": f"{ROOT}/scores", "report_uri": f"{ROOT}/scores.json"}
    return ScoreArgs(ratings_uri=ratings_uri, model_uri=model_uri, **locations, **values)


def test_every_user_gets_k_unseen_items_and_who_gets_fewer_is_counted(spark, ratings_uri, model_uri, bucket):
    report = score.run(spark, arguments(ratings_uri, model_uri, k=5))
    file = bucket / "score/scores.json"
    assert ScoreReport.from_json(file.read_text(), str(file)) == report
    assert (report.users, report.users_with_fewer, report.table.rows) == (60, 1, 59 * 5)
    assert (report.users_without_scores, report.items_without_factors) == (0, 0)
    table = spark.read.parquet(report.table.uri)
    assert dict(table.dtypes) == SCORES
    rows = table.collect()
    assert [(row.user_id, row.rank) for row in rows] == [(user, rank) for user in range(2, 61) for rank in range(1, 6)]
    assert all(a.score >= b.score for a, b in itertools.pairwise(rows) if a.user_id == b.user_id)
    assert table.join(spark.read.parquet(ratings_uri), on=["user_id", "item_id"], how="left_semi").count() == 0


def test_samples_are_the_scores_with_titles(spark, ratings_uri, model_uri, bucket):
    rows = [(item, f"Film {item}", []) for item in range(1, 41)]
    movies = spark.createDataFrame(rows, "item_id int, title string, genres array<string>")
    write_table(movies, f"{ROOT}/movies", MOVIES)
    report = score.run(spark, arguments(ratings_uri, model_uri, k=4, movies_uri=f"{ROOT}/movies"))
    file = bucket / "score/scores.json"
    assert ScoreReport.from_json(file.read_text(), str(file)) == report
    scores, ratings = spark.read.parquet(report.table.uri), spark.read.parquet(ratings_uri)
    assert len(report.samples) == 5
    for user in report.samples:
        mine = ratings.where(f"user_id = {user.user_id}").collect()
        assert user.ratings == len(mine)
        best = sorted(mine, key=lambda row: (-row.rating, -row.rated_at, row.item_id))[:5]
        assert user.liked == [f"Film {row.item_id}" for row in best]
        given = scores.where(f"user_id = {user.user_id}").orderBy("rank").collect()
        assert user.recommended == [f"Film {row.item_id}" for row in given]


def test_no_samples_without_movies(spark, ratings_uri, model_uri):
    assert score.run(spark, arguments(ratings_uri, model_uri, k=1)).samples == []


def test_a_retry_replaces_the_table_by_the_same(spark, ratings_uri, model_uri):
    args = arguments(ratings_uri, model_uri, k=3)
    first = spark.read.parquet(score.run(spark, args).table.uri).collect()
    assert spark.read.parquet(score.run(spark, args).table.uri).collect() == first


def test_seen_items_may_be_kept(spark, ratings_uri, model_uri):
    report = score.run(spark, arguments(ratings_uri, model_uri, k=40, seen_items="keep"))
    assert (report.users, report.users_with_fewer, report.table.rows) == (60, 0, 60 * 40)


def test_users_and_items_that_the_model_does_not_know_are_counted(spark, ratings_uri, model_uri, capsys):
    uri = f"{ROOT}/later"
    known = spark.read.parquet(ratings_uri)
    later = [(61, 1, 4.0, 10**9), (61, 2, 4.0, 10**9), (62, 41, 4.0, 10**9), (63, 42, 4.0, 10**9), (2, 43, 4.0, 10**9)]
    known.union(spark.createDataFrame(later, known.schema)).write.mode("overwrite").parquet(uri)
    for seen_items in ("exclude", "keep"):
        report = score.run(spark, arguments(uri, model_uri, k=5, seen_items=seen_items))
        assert (report.users, report.users_without_scores, report.items_without_factors) == (60, 3, 3)
    said = "no scores for 3 users and 3 items, which have ratings but no factors in the model"
    assert said in capsys.readouterr().out


def test_a_model_without_users(spark, ratings_uri, model_uri):
    nobody = f"{ROOT}/nobody"
    model = ALSModel.load(model_uri)
    model.write().overwrite().save(nobody)
    model.userFactors.where("id < 0").write.mode("overwrite").parquet(f"{nobody}/userFactors")
    with pytest.raises(DataError, match=f"^{nobody}: the model has no users$"):
        score.run(spark, arguments(ratings_uri, nobody))


def test_a_missing_model_and_no_report_of_the_try_before(spark, ratings_uri, model_uri, bucket):
    score.run(spark, arguments(ratings_uri, model_uri, k=1))
    assert (bucket / "score/scores.json").exists()
    with pytest.raises(DataError, match=r"^s3://penstock-test/score/none: no ALS model can be read there"):
        score.run(spark, arguments(ratings_uri, f"{ROOT}/none"))
    assert not (bucket / "score/scores.json").exists()


@pytest.fixture(scope="module")
def movies(spark):
    rows = [(item, f"Film {item}", ["Odd" if item % 2 else "Even", "Both"]) for item in range(1, 41)]
    table = spark.createDataFrame(rows, "item_id int, title string, genres array<string>")
    write_table(table, f"{ROOT}/genres", MOVIES)
    return f"{ROOT}/genres"


def test_only_items_of_a_genre_that_are_to_be_had(spark, ratings_uri, model_uri, movies, tmp_path):
    listed, folder = tmp_path / "available.csv", f"{ROOT}/available"
    listed.write_text("item_id,name\n" + "".join(f"{item},x\n" for item in [*range(1, 21), 7, 99]))
    spark.range(1, 21).selectExpr("id AS item_id").write.mode("overwrite").parquet(folder)
    for available in (str(listed), folder):
        filters = {"genres": '["Even"]', "available_uri": available, "movies_uri": movies, "seen_items": "keep"}
        report = score.run(spark, arguments(ratings_uri, model_uri, k=40, **filters))
        assert (report.items, report.genres, report.available_uri) == (10, ["Even"], available)
        assert (report.table.rows, report.users_with_fewer) == (60 * 10, 60)
        found = spark.read.parquet(report.table.uri).select("item_id").distinct().collect()
        assert sorted(row.item_id for row in found) == list(range(2, 21, 2))


def test_wrong_filters(spark, ratings_uri, model_uri, movies):
    with pytest.raises(DataError, match=r"^genres: no movie is of 'Evn'; .*Even"):
        score.run(spark, arguments(ratings_uri, model_uri, genres='["Evn"]', movies_uri=movies))
    with pytest.raises(DataError, match=r"need a table of movies; give --movies_uri or leave --genres out$"):
        score.run(spark, arguments(ratings_uri, model_uri, genres='["Even"]'))
    with pytest.raises(ArgumentError, match=r"--genres=Even: not JSON"):
        score.run(spark, arguments(ratings_uri, model_uri, genres="Even"))
    with pytest.raises(DataError, match="nothing can be read there"):
        score.run(spark, arguments(ratings_uri, model_uri, available_uri=f"{ROOT}/none.csv"))
    nothing = f"{ROOT}/nothing"
    spark.range(900, 901).selectExpr("id AS item_id").write.mode("overwrite").parquet(nothing)
    with pytest.raises(DataError, match=r"no item of the model is left to recommend; genres: \[\], available: s3://"):
        score.run(spark, arguments(ratings_uri, model_uri, available_uri=nothing))


def test_histories_that_are_laid_out_give_the_same(spark, ratings_uri, model_uri):
    args = arguments(ratings_uri, model_uri, k=3)
    made = spark.read.parquet(score.run(spark, args).table.uri).collect()
    histories = f"{ROOT}/histories"
    write_table(seen_by_user(spark.read.parquet(ratings_uri)), histories, HISTORIES)
    report = score.run(spark, dataclasses.replace(args, histories_uri=histories))
    assert report.shards_resumed == 0
    assert spark.read.parquet(report.table.uri).collect() == made
