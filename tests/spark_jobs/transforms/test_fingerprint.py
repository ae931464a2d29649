from spark_jobs.transforms.fingerprint import as_text, hash_sum


def fingerprint(spark, rows):
    (row,) = spark.createDataFrame(rows, "user_id int, item_id int").agg(hash_sum(["user_id", "item_id"])).collect()
    return as_text(row[0])


def test_order_does_not_matter_but_every_row_and_value_does(spark):
    base = fingerprint(spark, [(1, 2), (3, 4)])
    assert base == fingerprint(spark, [(3, 4), (1, 2)])
    assert len({base, fingerprint(spark, [(1, 2)]), fingerprint(spark, [(1, 2), (4, 3)])}) == 3
    assert base != fingerprint(spark, [(1, 2), (3, 4), (3, 4), (3, 4)])


def test_many_rows_do_not_overflow(spark):
    (row,) = spark.range(200_000).agg(hash_sum(["id"])).collect()
    assert len(as_text(row[0])) == 16
    assert fingerprint(spark, []) == "0000000000000000"
