"""Kill -9 in the middle of a folder of records: the rerun asks for what is left; nothing is lost or there twice."""

import dataclasses
import json

from spark_jobs import predict
from tests.spark_jobs.killing import kill_when
from tests.spark_jobs.predicting.zoo import interface

FILES, RECORDS = 6, 40


def test_after_a_kill_only_what_has_no_document_is_asked_again(case):
    for number in range(FILES):
        case.put(f"{number}.json", "".join(f'{{"value": {RECORDS * number + at}}}\n' for at in range(RECORDS)) + "x\n")
    args = case.args(interface("Batching"), group_bytes=1)
    there = {
        field.name: getattr(args, field.name).replace(case.uri, str(case.folder))
        for field in dataclasses.fields(args)
        if field.name.endswith("_uri")
    }
    args, documents = dataclasses.replace(args, **there), case.folder / "groups"
    kill_when("predict.py", args, lambda: len(list(documents.glob("*.json"))) >= 2)
    done = {file: file.stat().st_mtime_ns for file in (case.folder / "predictions").rglob("part-*")}
    assert not (case.folder / "report.json").exists()
    report = predict.run(case.spark, args)
    assert 1 <= report.files_skipped < FILES
    assert (report.files, report.records, report.predicted, report.quarantined) == (
        FILES,
        FILES * (RECORDS + 1),
        FILES * RECORDS,
        FILES,
    )
    assert sum(file.exists() and file.stat().st_mtime_ns == at for file, at in done.items()) >= report.files_skipped
    found = [json.loads(line) for line in case.lines()]
    good = sorted(each["input"]["value"] for each in found if each["prediction"])
    assert good == list(range(FILES * RECORDS))
    assert sum(each["prediction"] is None for each in found) == FILES
    assert case.spark.read.parquet(args.quarantine_uri).count() == FILES
