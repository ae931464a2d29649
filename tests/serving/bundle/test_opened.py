"""Opening a bundle: what is in it, and what is refused."""

import hashlib
import json
import os

import numpy as np
import pytest

from penstock.bundle import MANIFEST, BundleFile
from penstock.errors import BundleError
from serving.bundle import open_bundle
from tests.serving.bundles import change_manifest, small_arrays, write_small

EMPTY = np.empty(0)


@pytest.fixture
def folder(tmp_path):
    write_small(tmp_path / "bundle")
    return tmp_path / "bundle"


def test_everything_is_found_again(folder):
    bundle = open_bundle(folder)
    assert (bundle.users, bundle.items, bundle.manifest.version) == (3, 4, "0123abcd")
    assert [bundle.user_position(each) for each in (1, 5, 7, 0, 6, 8, 2**70)] == [0, 1, 2, None, None, None, None]
    assert [bundle.item_position(each) for each in (10, 40, 41, -1)] == [0, 3, None, None]
    assert [bundle.title(each) for each in range(4)] == [
        "Matrix, The (1999)", "Amélie (2001)", "Item 30", "Night of the Matrix (1970)",
    ]  # fmt: skip
    assert [bundle.genres_of(each) for each in range(4)] == [("Action", "Comedy"), ("Comedy",), (), ("Action",)]
    assert [bundle.genre_place(each) for each in ("Action", "Comedy", "Drama")] == [0, 1, None]
    assert [bundle.items_of(each).tolist() for each in range(2)] == [[0, 3], [0, 1]]
    assert [bundle.seen_by(each).tolist() for each in range(3)] == [[1, 3], [], [0]]
    assert bundle.item_factors.tolist() == [[3, 0], [0, 1], [1, 1], [2, -1]]


def test_numpy_reads_the_same_files(folder):
    for name, expected in small_arrays().items():
        found = np.load(folder / name.value, allow_pickle=False)
        assert np.array_equal(found, expected)


def test_arrays_cannot_be_written_to(folder):
    with pytest.raises(ValueError, match="read-only"):
        open_bundle(folder).item_factors[0, 0] = 9


def test_a_bundle_without_users_and_genres_opens(tmp_path):
    nothing = {
        BundleFile.USER_IDS: EMPTY,
        BundleFile.USER_FACTORS: np.empty((0, 2)),
        BundleFile.SEEN_ITEMS: EMPTY,
        BundleFile.SEEN_OFFSETS: np.array([0]),
        BundleFile.GENRE_NAMES: EMPTY,
        BundleFile.GENRE_NAME_OFFSETS: np.array([0]),
        BundleFile.GENRE_ITEMS: EMPTY,
        BundleFile.GENRE_OFFSETS: np.array([0]),
    }
    write_small(tmp_path, nothing)
    bundle = open_bundle(tmp_path)
    assert (bundle.users, bundle.genres, bundle.user_position(1)) == (0, (), None)
    assert bundle.genres_of(0) == ()


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("user_ids.npy", [1, 5, 5], "element 2 is 5; expected more than 5"),
        ("item_ids.npy", [10, 20, 15, 40], "element 2 is 15; expected more than 20"),
        ("item_factors.npy", [[3, 0], [0, np.nan], [1, 1], [2, 1]], "element 3 is nan; expected a number within"),
        ("user_factors.npy", [[3, 0], [0, 1], [-np.inf, 1]], "element 4 is -inf; expected a number within 1e+15 of 0"),
        ("item_factors.npy", [[1e20, 0], [0, 1], [1, 1], [2, 1]], "element 0 is 1.0000000200408773e+20; "),
        ("popularity.npy", [5, 7, -7, 0], "element 2 is -7; expected at least 0"),
        ("seen_offsets.npy", [0, 2, 2, 4], "from 0 to 4; expected from 0 to 3"),
        ("seen_offsets.npy", [1, 2, 2, 3], "from 1 to 3; expected from 0 to 3"),
        ("seen_offsets.npy", [0, 3, 2, 3], "element 2 is 2; expected at least 3"),
        ("seen_offsets.npy", [0, 4, 3, 3], "element 2 is 3; expected at least 4"),
        ("seen_items.npy", [1, 4, 0], "element 1 is 4; expected an item's position, 0 to 3"),
        ("seen_items.npy", [-1, 3, 0], "element 0 is -1; expected an item's position, 0 to 3"),
        ("seen_items.npy", [3, 3, 0], "element 1 is 3; expected more than 3 in a list"),
        ("genre_items.npy", [0, 3, 1, 0], "element 3 is 0; expected more than 1 in a list"),
        ("titles.npy", [0xFF] * 65, "not UTF-8 ('utf-8' codec can't decode byte 0xff in position 0: "),
        ("title_offsets.npy", [0, 21, 33, 40, 66], "from 0 to 66; expected from 0 to 65"),
        ("title_offsets.npy", [0, 18, 21, 39, 65], "element 2 is 21, inside a character; expected its beginning"),
        ("genre_names.npy", list(b"ComedyAction"), "['Comedy', 'Action']; expected names, sorted, each once"),
        ("genre_name_offsets.npy", [0, 0, 12], "['', 'ActionComedy']; expected names, sorted, each once"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_named_with_its_file_and_place(tmp_path, name, array, message):
    write_small(tmp_path, {BundleFile(name): np.array(array)})
    with pytest.raises(BundleError) as caught:
        open_bundle(tmp_path)
    file = "genre_names.npy" if name == "genre_name_offsets.npy" else name
    assert str(caught.value).startswith(f"{tmp_path}/{file}: {message}")


def test_a_folder_without_a_manifest_is_no_bundle(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(BundleError, match=r"manifest.json: cannot be opened as a plain file \(.*No such file"):
        open_bundle(folder)


def test_more_bytes_than_are_taken_are_refused(folder):
    with pytest.raises(BundleError, match=r"the files have 2,033 bytes together; at most 2,000 are taken"):
        open_bundle(folder, max_bytes=2_000)


def test_pickled_objects_are_refused_and_not_loaded(folder):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(folder / "executed"),)

    path = folder / "titles.npy"
    np.save(path, np.array([Payload()], dtype=object), allow_pickle=True)
    content = path.read_bytes()
    files = json.loads((folder / MANIFEST).read_text())["files"]
    described = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "shape": [len(content) - 128]}
    change_manifest(folder, files=[{**each, **(described if each["name"] == path.name else {})} for each in files])
    with pytest.raises(BundleError, match=r"titles.npy: another header than \"{'descr': '\|u1'"):
        open_bundle(folder)
    assert not (folder / "executed").exists()


def _as_link(path):
    path.rename(path.with_suffix(".kept"))
    path.symlink_to(path.with_suffix(".kept"))


def _as_folder(path):
    path.unlink()
    path.mkdir()


def _as_pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("name", ["titles.npy", MANIFEST])
@pytest.mark.parametrize(
    ("change", "message"),
    [(_as_link, "cannot be opened as a plain file"), (_as_folder, "no plain file"), (_as_pipe, "no plain file")],
)
def test_only_plain_files_are_opened(folder, name, change, message):
    change(folder / name)
    with pytest.raises(BundleError, match=rf"{name}: {message}"):
        open_bundle(folder)


@pytest.mark.parametrize(("size", "said"), [(151, "151 bytes"), (153, "153 bytes"), (0, "0 bytes")])
def test_a_file_of_another_size_is_refused(folder, size, said):
    path = folder / "user_ids.npy"
    path.write_bytes((path.read_bytes() + b"x")[:size])
    with pytest.raises(BundleError, match=rf"user_ids.npy: {said}; expected 152 by the manifest"):
        open_bundle(folder)


def test_checks_hold_across_their_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("serving.bundle.structure.BLOCK", 2)
    write_small(tmp_path / "good")
    open_bundle(tmp_path / "good")
    for name, array in {
        "item_ids.npy": [10, 20, 30, 30],
        "seen_items.npy": [3, 3, 0],
        "genre_items.npy": [0, 3, 1, 1],
        "genre_offsets.npy": [0, 4, 3],
        "popularity.npy": [0, 0, 0, -1],
        "item_factors.npy": [[0, 0], [0, 0], [0, 0], [0, np.nan]],
    }.items():
        write_small(tmp_path / name, {BundleFile(name): np.array(array)})
        with pytest.raises(BundleError, match=name):
            open_bundle(tmp_path / name)
