"""Fetching a bundle into the cache: from a folder and from a real S3 server."""

import json
import os
import shutil
import threading

import pytest

from penstock.bundle import MANIFEST, BundleFile
from penstock.errors import BundleError
from serving.bundle import fetch, open_bundle, prune
from serving.bundle.sources import FolderSource
from tests.serving.bundles import write_small


@pytest.fixture
def lake(tmp_path):
    """A root with a bundle in it."""
    write_small(tmp_path / "lake/bundles/m/1")
    return tmp_path / "lake"


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def refused(uri, cache, roots, **limits):
    with pytest.raises(BundleError) as caught:
        fetch(str(uri), cache, [str(each) for each in roots], **limits)
    assert not [each for each in cache.rglob("*") if each.is_file()]
    return str(caught.value)


def test_a_folder_is_copied_whole_and_opens(lake, cache):
    path = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    assert path.parent == cache / "movie_recommender"
    assert path.name.startswith("0123abcd-")
    assert sorted(each.name for each in path.iterdir()) == sorted([*BundleFile, MANIFEST])
    assert open_bundle(path).title(1) == "Amélie (2001)"
    assert [each for each in cache.iterdir() if each.name.startswith(".")] == []


def test_a_bundle_on_s3_is_downloaded(s3, cache):
    write_small(s3 / "root/bundles/m/1")
    path = fetch("s3://lake/root/bundles/m/1", cache, ["s3://lake/root"])
    assert open_bundle(path).item_ids.tolist() == [10, 20, 30, 40]


def test_what_is_not_on_s3_is_named(s3, cache):
    (s3 / "root").mkdir(exist_ok=True)
    said = refused("s3://lake/root/none", cache, ["s3://lake/root"])
    assert said.startswith("s3://lake/root/none/manifest.json: cannot be read (An error occurred (NoSuchKey)")


def test_an_s3_that_nobody_serves_is_named(s3, cache, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert "Could not connect to the endpoint URL" in refused("s3://lake/root/m", cache, ["s3://lake/root"])


def test_a_torn_object_on_s3_is_refused(s3, cache):
    write_small(s3 / "root/torn")
    path = s3 / "root/torn/seen_items.npy"
    path.write_bytes(path.read_bytes()[:-1])
    said = refused("s3://lake/root/torn", cache, ["s3://lake/root"])
    assert said == "s3://lake/root/torn/seen_items.npy: 139 bytes; expected 140 by the manifest"


def test_what_is_in_the_cache_is_not_copied_again(lake, cache, monkeypatch):
    first = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    read = []
    original = FolderSource.read
    monkeypatch.setattr(FolderSource, "read", lambda self, name: read.append(name) or original(self, name))
    assert fetch(str(lake / "bundles/m/1"), cache, [str(lake)]) == first
    assert read == [MANIFEST]


def test_another_bundle_of_the_same_name_gets_a_place_of_its_own(lake, cache):
    first = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    write_small(lake / "bundles/m/1", alpha=2.0)
    second = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    assert first != second
    assert [open_bundle(each).manifest.alpha for each in (first, second)] == [1.0, 2.0]


@pytest.mark.parametrize("damage", ["changed", "lost"])
def test_a_cache_that_was_damaged_is_repaired(lake, cache, damage):
    path = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    file = path / "item_factors.npy"
    content = file.read_bytes()
    file.unlink()
    if damage == "changed":
        file.write_bytes(content[:-1] + b"x")
    assert fetch(str(lake / "bundles/m/1"), cache, [str(lake)]) == path
    assert file.read_bytes() == content
    assert [each.name for each in cache.iterdir()] == ["movie_recommender"]


def test_what_is_open_is_not_disturbed_when_its_files_are_removed(lake, cache):
    bundle = open_bundle(fetch(str(lake / "bundles/m/1"), cache, [str(lake)]))
    shutil.rmtree(cache)
    assert bundle.item_factors.sum() == 7


def test_two_that_fetch_the_same_get_the_same(lake, cache):
    found = []
    together = threading.Barrier(4)

    def run():
        together.wait()
        found.append(fetch(str(lake / "bundles/m/1"), cache, [str(lake)]))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert open_bundle(found[0]).items == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda old: old + b"x", "more than the 152 bytes of the manifest"),
        (lambda old: old[:-1], "151 bytes; expected 152 by the manifest"),
        (lambda old: old[:-1] + b"x", "expected 5a"),
        (lambda _: b"", "0 bytes; expected 152 by the manifest"),
    ],
)
def test_a_file_that_is_not_the_manifests_is_refused(lake, cache, content, message):
    path = lake / "bundles/m/1/user_ids.npy"
    path.write_bytes(content(path.read_bytes()))
    said = refused(lake / "bundles/m/1", cache, [lake])
    assert said.startswith(f"{path}: ")
    assert message.replace("expected 5a", " by the manifest") in said


def test_a_bundle_that_is_too_large_is_refused_before_a_byte_of_it_is_read(lake, cache):
    for name in BundleFile:
        (lake / "bundles/m/1" / name.value).unlink()
    assert "at most 100 are taken" in refused(lake / "bundles/m/1", cache, [lake], max_bytes=100)


def test_a_manifest_without_end_is_not_read_to_its_end(lake, cache):
    (lake / "bundles/m/1" / MANIFEST).write_bytes(b" " * 2**21)
    assert refused(lake / "bundles/m/1", cache, [lake]).endswith("manifest.json: more than 1,048,576 bytes")


@pytest.mark.parametrize(
    "uri",
    [
        "{root}",
        "{root}/",
        "{root}/../secret",
        "{root}/m/../../secret",
        "{root}/./m",
        "{root}//m",
        "{root}x/m",
        "/etc",
        "etc",
        "",
        "file://{root}/m",
        "s3://{root}/m",
        "s3://lake/rootx/m",
        "s3://lake/root/../m",
        "s3://lake/root",
        "s3://lake/root/m?x",
        "s3://lake/root/m#x",
        "s3://other/root/m",
        "{root}/m\0",
        "{root}/m\n",
        "{root}\\m",
    ],
)
def test_only_what_lies_below_a_root_is_looked_at(lake, cache, uri, monkeypatch):
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("opened"))
    monkeypatch.setattr(os.path, "realpath", lambda *_: pytest.fail("looked at"))
    said = refused(uri.format(root=lake), cache, [lake, "s3://lake/root"])
    assert "no bundle may be loaded from there" in said


def test_no_root_allows_nothing(lake, cache):
    for roots in ([], [""], ["/"]):
        assert "no bundle may be loaded from there" in refused(lake / "bundles/m/1", cache, roots)


def test_a_link_may_lead_within_the_roots_and_not_out_of_them(lake, cache, tmp_path):
    write_small(tmp_path / "secret/m")
    (lake / "inside").symlink_to(lake / "bundles/m")
    (lake / "outside").symlink_to(tmp_path / "secret")
    assert "a link leads out of the configured roots" in refused(lake / "outside/m", cache, [lake])
    assert open_bundle(fetch(str(lake / "inside/1"), cache, [str(lake)])).items == 4


def test_names_of_a_manifest_make_no_paths(lake, cache):
    path = lake / "bundles/m/1" / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "model": "../../outside"}))
    assert "model is '../../outside'" in refused(lake / "bundles/m/1", cache, [lake])


def test_a_cache_that_cannot_be_written_to_is_named(lake, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BundleError, match=r"cannot be stored in the cache .*/file \("):
        fetch(str(lake / "bundles/m/1"), tmp_path / "file", [str(lake)])


def test_what_is_fetched_again_counts_as_fetched_last(lake, cache):
    first = fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    os.utime(first, (1, 1))
    fetch(str(lake / "bundles/m/1"), cache, [str(lake)])
    assert first.stat().st_mtime > 1


def test_prune_keeps_what_was_fetched_last(lake, cache):
    paths = []
    for number in range(4):
        write_small(lake / "bundles/m/1", alpha=float(number))
        paths.append(fetch(str(lake / "bundles/m/1"), cache, [str(lake)]))
        os.utime(paths[-1], (number, number))
    assert prune(cache, "movie_recommender", keep=2) == [paths[1], paths[0]]
    assert [each.exists() for each in paths] == [False, False, True, True]
