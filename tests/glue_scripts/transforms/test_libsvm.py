import pytest
from pyspark.ml.linalg import SparseVector, VectorUDT
from pyspark.sql.types import DoubleType, StructField, StructType

from glue_scripts.transforms.libsvm import features_of, judge_libsvm, with_vectors
from penstock.tables import EXAMPLES

LINES = {
    "1 1:0.5 3:2": None,
    "-1.5 1:+1 2:-.5 10:1e-3": None,
    "+1": None,
    " 0\t2:1  4:1. ": None,
    "1 2:1 # a comment: 3:x": None,
    "": "blank line",
    " \t": "blank line",
    "# a comment": "comment line",
    "yes 1:1": "label is not a number",
    "1:1 2:1": "label is not a number",
    "1,2 1:1": "label is not a number",
    "1d 1:1": "label is not a number",
    "0x1p3 1:1": "label is not a number",
    "nan 1:1": "label is not finite",
    "-Infinity 1:1": "label is not finite",
    "1e999 1:1": "label is not finite",
    "1 2": "not index:value",
    "1 1:1 2:": "not index:value",
    "1 :1": "not index:value",
    "1 1:2:3": "not index:value",
    "1 a:1": "not index:value",
    "1 1.0:1": "not index:value",
    "1 1:one": "not index:value",
    "1 1: 2": "not index:value",
    "1 1:1f": "not index:value",
    "1 qid:3 1:1": "not index:value",
    "1 1:1,2:1": "not index:value",
    "1 1:NaN": "value is not finite",
    "1 1:1 2:-inf": "value is not finite",
    "1 1:1e999": "value is not finite",
    "1 0:1 1:1": "index is below 1",
    "1 -3:1": "index is below 1",
    "1 11:1": "index is above 10",
    "1 2147483648:1": "index is above 10",
    "1 99999999999999999999:1": "index is above 10",
    "1 2:1 2:1": "index occurs twice",
    "1 2:1 3:1 2:5": "index occurs twice",
    "1 3:1 2:1": "indices are not ascending",
    "x 3:1 2:inf": "label is not a number",
}
VECTORS = StructType([StructField("label", DoubleType()), StructField("features", VectorUDT())])


def judge(spark, lines, features=0):
    frame = spark.createDataFrame([("f", line, False) for line in lines], "file string, line string, is_header boolean")
    return judge_libsvm(frame, features=features)


def test_the_first_broken_rule_is_the_reason(spark):
    assert {row.line: row.reason for row in judge(spark, LINES, 10).collect()} == LINES


def test_without_a_number_of_features_an_index_may_be_any_int(spark):
    lines = {"1 2147483647:1": None, "1 2147483648:1": "index is above 2147483647"}
    judged = judge(spark, lines)
    assert {row.line: row.reason for row in judged.collect()} == lines
    assert features_of(judged.where("reason IS NULL")) == 2_147_483_647


@pytest.mark.parametrize(
    ("line", "label", "indices", "values"),
    [
        ("1 1:0.5 3:2", 1.0, [0, 2], [0.5, 2.0]),
        ("-1.5 1:+1 2:-.5 10:1e-3 # 11:1", -1.5, [0, 1, 9], [1.0, -0.5, 0.001]),
        ("+1", 1.0, [], []),
        ("0 1:0 2:-0.0 3:7", 0.0, [2], [7.0]),
    ],
    ids=["plain", "signs and exponents", "no feature", "written zeros"],
)
def test_indices_count_from_0_and_zeros_are_left_out(spark, line, label, indices, values):
    (row,) = judge(spark, [line]).collect()
    assert (row.label, row.indices, row["values"], row.reason) == (label, indices, values, None)


def test_the_number_of_features_is_the_largest_index_of_all_rows(spark):
    assert features_of(judge(spark, ["1 1:1", "0", "1 2:1 7:1 9:0"])) == 7
    assert features_of(judge(spark, ["1", "0"])) == 0
    assert features_of(judge(spark, [])) == 0


def test_what_is_written_as_a_struct_is_read_as_vectors(spark, tmp_path):
    rows = with_vectors(judge(spark, ["1 1:0.5 3:2", "0"]), 5).select("label", "features")
    assert dict(rows.dtypes)["features"] == EXAMPLES["features"]
    rows.write.parquet(str(tmp_path / "examples"))
    found = spark.read.schema(VECTORS).parquet(str(tmp_path / "examples")).orderBy("label").collect()
    assert found == [(0.0, SparseVector(5, {})), (1.0, SparseVector(5, {0: 0.5, 2: 2.0}))]
