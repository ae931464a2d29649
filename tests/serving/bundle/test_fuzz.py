"""Damage at every place of every file: refused with a BundleError, or a bundle with the same content. Nothing else."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from penstock.bundle import MANIFEST, BundleFile, BundleManifest
from penstock.errors import BundleError
from serving.bundle import open_bundle
from serving.bundle.arrays import open_array
from serving.ranking import Ranker
from tests.serving.bundles import write_small

FILES = [*BundleFile, MANIFEST]
FUZZ = settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "bundle"
    write_small(folder)
    return folder


@pytest.fixture(scope="module")
def content(whole):
    return opened(whole)


@pytest.fixture(scope="module")
def broken(tmp_path_factory, whole):
    folder = tmp_path_factory.mktemp("broken") / "bundle"
    shutil.copytree(whole, folder)
    (folder / "spoilt").touch()
    return folder


@st.composite
def damages(draw):
    """A function of bytes: flip, cut, repeat, insert, or put anything in their place."""
    kind = draw(st.sampled_from(["flip", "cut", "double", "insert", "replace", "number"]))
    place, value = draw(st.floats(0, 1)), draw(st.binary(min_size=1, max_size=16))
    number = draw(
        st.sampled_from([-1, 0, 1, 2**31 - 1, 2**31, 2**62, -(2**63), 10**400, 1e308, 0.5, None, True, [], {}])
    )

    def damage(content):
        at = min(int(place * len(content)), max(0, len(content) - 1))
        if kind == "flip":
            return content[:at] + bytes([content[at] ^ (value[0] or 1)]) + content[at + 1 :] if content else b"x"
        if kind == "number":
            return _with_number(content, at, json.dumps(number).encode())
        return {
            "cut": content[:at],
            "double": content + content[at:],
            "insert": content[:at] + value + content[at:],
            "replace": content[:at] + value + content[at + len(value) :],
        }[kind]

    return damage


def _with_number(content, at, number):
    """Of JSON the next number replaced; of an array the eight bytes of an element."""
    if content[:1] != b"{":
        start = min(128 + at // 8 * 8, len(content))
        return content[:start] + np.int64(2**62 + at).tobytes() + content[start + 8 :]
    places = [index for index in range(at, len(content) - 1) if content[index : index + 2] == b": "]
    if not places:
        return content
    start = places[0] + 2
    ends = [index for index in range(start, len(content)) if content[index : index + 1] in (b",", b"\n")]
    return content[:start] + number + content[ends[0] :]


def opened(folder):
    """Every value that a request could come upon; BundleError if it is refused."""
    bundle = open_bundle(folder)
    ranker = Ranker(bundle)
    values = [
        bundle.manifest,
        *(array.tolist() for array in vars(bundle).values() if isinstance(array, np.ndarray)),
        [bundle.title(each) for each in range(bundle.items)],
        [bundle.genres_of(each) for each in range(bundle.items)],
        [bundle.seen_by(each).tolist() for each in range(bundle.users)],
    ]
    for user in range(bundle.users):
        ranker.for_user(user, n=3)
    for item in range(bundle.items):
        ranker.for_vector(ranker.fold_in(np.array([item])), n=3)
        ranker.similar(item, n=3)
    for genre in range(len(bundle.genres)):
        ranker.popular(n=3, genre=genre)
    ranker.search("m", n=3)
    return values


def spoil(whole, broken, name, damage):
    """Only what an earlier example has spoilt is put back."""
    for each in (name, MANIFEST, *(broken / "spoilt").read_text().split()):
        shutil.copyfile(whole / each, broken / each)
    (broken / "spoilt").write_text(name)
    (broken / name).write_bytes(damage((whole / name).read_bytes()))


def outcome(folder):
    """What is in it, or None if it is refused by an error that names it."""
    try:
        return opened(folder)
    except BundleError as error:
        return None if str(folder) in str(error) else error


@FUZZ
@given(name=st.sampled_from(FILES), damage=damages())
def test_damage_is_refused_or_changes_nothing(whole, content, broken, name, damage):
    spoil(whole, broken, name, damage)
    assert outcome(broken) in (None, content)


@FUZZ
@given(name=st.sampled_from(list(BundleFile)), damage=damages())
@example(name=BundleFile.SEEN_OFFSETS, damage=lambda old: old[:136] + np.int64(-1).tobytes() + old[144:])
def test_damage_with_a_manifest_to_match_is_refused_or_a_sound_bundle(whole, content, broken, name, damage):
    """As somebody would do it who means to: sizes, shapes and checksums agree with what the file has become."""
    spoil(whole, broken, name, damage)
    damaged = (broken / name).read_bytes()
    manifest = json.loads((broken / MANIFEST).read_text())
    (entry,) = [each for each in manifest["files"] if each["name"] == name]
    size = int(entry["dtype"][2:])
    if len(entry["shape"]) == 1:
        entry["shape"] = [max(0, len(damaged) - 128) // size]
    entry |= {"bytes": len(damaged), "sha256": hashlib.sha256(damaged).hexdigest()}
    (broken / MANIFEST).write_text(BundleManifest.from_json(json.dumps(manifest), "").sealed().to_json())
    found = outcome(broken)
    assert found is None or [type(each) for each in found] == [type(each) for each in content]


def test_every_third_byte_of_every_array_counts(whole, broken):
    """A single flipped bit anywhere is noticed."""
    stored = BundleManifest.from_json((whole / MANIFEST).read_text(), "").files
    for each in stored:
        good = (whole / each.name).read_bytes()
        for at in range(0, len(good), 3):
            (broken / each.name).write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
            with pytest.raises(BundleError, match=f"{each.name}: sha256 "):
                open_array(broken / each.name, each)
        (broken / each.name).write_bytes(good)
