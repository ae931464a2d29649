import json

import pytest

from spark_jobs import predict
from spark_jobs.predicting.files import SourceFile
from spark_jobs.predicting.groups import make_groups
from tests.spark_jobs.predicting.zoo import interface

BATCHING = interface("Batching")


def file(name, size=10, modified=1):
    return SourceFile(uri=f"s3://b/{name}", bytes=size, modified=modified, key=hash(name))


def names(groups):
    return [[each.uri[-1] for each in group.files] for group in groups]


def test_files_are_finished_together_up_to_so_many_bytes_and_at_least_one():
    files = [file("a"), file("b"), file("c", 25), file("d", 5), file("e", 5)]
    assert names(make_groups(files, settings="s", group_bytes=20)) == [["a", "b"], ["c"], ["d", "e"]]
    assert names(make_groups(files, settings="s", group_bytes=1)) == [["a"], ["b"], ["c"], ["d"], ["e"]]
    assert make_groups([], settings="s", group_bytes=1) == []


def test_a_changed_file_makes_another_group():
    def name(*files, settings="s"):
        (group,) = make_groups(files, settings=settings, group_bytes=100)
        return group.name

    assert name(file("a")) == name(file("a"))
    others = {name(file("a", 11)), name(file("a", modified=2)), name(file("b")), name(file("a"), settings="t")}
    assert len(others | {name(file("a"))}) == 5


def test_a_rerun_does_what_is_left_and_nothing_twice(case, monkeypatch):
    for name in "ab":
        case.put(f"{name}.json", f'{{"value": {ord(name)}}}\n')
    args = case.args(BATCHING, group_bytes=1)
    finish, done = predict.finish_group, []

    def killed(*given):
        if done:
            # As after kill -9: what the group wrote is there, whole, but its document is not.
            monkeypatch.setattr("spark_jobs.predicting.finishing.write_document", explode)
        done.append(given[1].files[0].uri[-6:])
        return finish(*given)

    def explode(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(predict, "finish_group", killed)
        with pytest.raises(KeyboardInterrupt):
            predict.run(case.spark, args)
    monkeypatch.undo()
    assert done == ["a.json", "b.json"]
    assert len(case.lines()) == 2
    assert not (case.folder / "report.json").exists()
    case.put("b.json", '{"value": 2}\nx\n')
    report = predict.run(case.spark, args)
    assert (report.files, report.files_skipped, report.records, report.quarantined) == (2, 1, 3, 1)
    found = [json.loads(line) for line in case.lines()]
    assert sorted((each["input"]["value"], each["prediction"]["doubled"]) for each in found if each["prediction"]) == [
        (2, 4),
        (97, 194),
    ]
    assert len(found) == 3
    once = sorted(case.lines())
    again = predict.run(case.spark, args)
    assert (again.files_skipped, again.records, again.by_error) == (2, 3, {"JSONDecodeError": 1})
    assert sorted(case.lines()) == once


def test_a_document_that_a_killed_writer_left_torn_is_none(case):
    case.put("a.json", '{"value": 1}\n')
    predict.run(case.spark, case.args(BATCHING))
    lines = case.lines()
    (document,) = case.folder.glob("groups/*.json")
    document.write_text(document.read_text()[:40])
    report = predict.run(case.spark, case.args(BATCHING))
    assert (report.files_skipped, report.records) == (0, 1)
    assert case.lines() == lines


def test_another_model_or_format_predicts_anew(case):
    case.put("a.json", '{"value": 1}\n')
    assert predict.run(case.spark, case.args(BATCHING)).files_skipped == 0
    assert predict.run(case.spark, case.args(BATCHING)).files_skipped == 1
    report = predict.run(case.spark, case.args(BATCHING, output_format="classic"))
    assert report.files_skipped == 0
    assert case.lines() == ['{"value": 1}\t{"doubled": 2}']
