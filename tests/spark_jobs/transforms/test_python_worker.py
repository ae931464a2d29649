import sys
import zipfile
from zipimport import zipimporter

import pyarrow as pa

from spark_jobs.transforms.python_worker import settled


def test_rows_pass_and_the_next_task_finds_no_archive_to_read_again(spark):
    def archives(batches):
        held = sum(isinstance(finder, zipimporter) for finder in sys.path_importer_cache.values())
        for batch in batches:
            yield pa.RecordBatch.from_arrays([batch.column(0), pa.array([held] * batch.num_rows)], ["id", "held"])

    rows = spark.range(0, 40, 1, 8).mapInArrow(settled(archives), "id long, held long").collect()
    assert sorted((row.id, row.held) for row in rows) == [(number, 0) for number in range(40)]


def test_a_module_of_an_archive_is_still_found(spark, tmp_path):
    archive = tmp_path / "late.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("penstock_late_module.py", "VALUE = 7\n")

    def late(batches):
        sys.path.insert(0, str(archive))
        try:
            from penstock_late_module import VALUE  # noqa: PLC0415
        finally:
            sys.path.remove(str(archive))
        for batch in batches:
            yield pa.RecordBatch.from_arrays([pa.array([VALUE] * batch.num_rows)], ["value"])

    rows = spark.range(0, 4, 1, 4).mapInArrow(settled(late), "value long").collect()
    assert [row.value for row in rows] == [7, 7, 7, 7]
