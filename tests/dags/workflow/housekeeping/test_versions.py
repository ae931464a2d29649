"""Which versions of models go, and what a crash leaves."""

from typing import Any

import pytest

from tests.dags.workflow.housekeeping.shelves import VERSIONS, Models, Tidy, below, put
from workflow.housekeeping.versions import Version, remove_version

pytestmark = pytest.mark.timeout(180)


def test_the_newest_versions_and_the_champion_stay(tidy: Tidy, models: Models, s3: Any) -> None:
    champion, old, *newest = [
        models.promote(),
        models.promote(champion=False),
        models.promote(champion=False),
        models.promote(champion=False),
    ]
    (removed,) = tidy(VERSIONS).removed
    assert (removed.what, removed.uri, removed.objects, removed.bytes) == ("model", old, 2, 10)
    assert removed.reason == f"version 2 of {models.name}: not among the newest 2"
    assert models.numbers == [1, 3, 4]
    assert [below(s3, each) for each in (champion, old, *newest)] == [
        ["metadata/part-0", "userFactors/part-0"],
        [],
        *[["metadata/part-0", "userFactors/part-0"]] * 2,
    ]
    assert tidy(VERSIONS).removed == []


def test_versions_whose_model_lies_elsewhere_are_not_ours(tidy: Tidy, models: Models, s3: Any) -> None:
    source = models.promote(source="s3://bucket/other/models/x", champion=False)
    for _ in range(2):
        models.promote()
    assert tidy(VERSIONS).removed == []
    assert models.numbers == [1, 2, 3]
    assert len(below(s3, source)) == 2


def test_a_version_that_has_become_champion_meanwhile_is_kept(models: Models, s3: Any) -> None:
    source = models.promote()
    version = Version(name=models.name, number=1, source=source, mentions=frozenset())
    assert not remove_version(models.mlflow, s3, version)
    assert models.numbers == [1]
    assert below(s3, source) == ["metadata/part-0", "userFactors/part-0"]


def test_what_a_crash_left_is_finished_and_a_copy_under_way_is_not_touched(
    tidy: Tidy,
    models: Models,
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashed, *_ = [models.promote(champion=False) for _ in range(3)]
    under_way = f"{models.layout.models(models.name)}/0000"
    put(s3, under_way, "metadata/part-0")
    with monkeypatch.context() as patch:
        patch.setattr(s3, "delete_objects", _crash)
        with pytest.raises(KeyboardInterrupt):
            tidy(VERSIONS)
    assert models.numbers == [2, 3]
    assert below(s3, crashed) == ["_removing", "metadata/part-0", "userFactors/part-0"]
    (removed,) = tidy(VERSIONS).removed
    assert (removed.uri, removed.reason) == (crashed, "left over from an earlier removal")
    assert below(s3, crashed) == []
    assert below(s3, under_way) == ["metadata/part-0"]


def test_a_marked_model_that_a_version_still_has_is_removed_with_its_version(
    tidy: Tidy, models: Models, s3: Any
) -> None:
    """A crash between the mark and the registry."""
    crashed, second = models.promote(champion=False), models.promote()
    put(s3, crashed, "_removing")
    put(s3, second, "_removing")
    models.promote(champion=False)
    assert [each.uri for each in tidy(VERSIONS).removed] == [crashed]
    assert models.numbers == [2, 3]
    assert len(below(s3, second)) == 3


def test_a_model_that_two_versions_share_stays(tidy: Tidy, models: Models, s3: Any) -> None:
    shared = models.promote(champion=False)
    models.promote(champion=False)
    models.promote(source=shared)
    tidy(VERSIONS)
    assert models.numbers == [2, 3]
    assert "metadata/part-0" in below(s3, shared)


def _crash(**_: Any) -> None:
    raise KeyboardInterrupt
