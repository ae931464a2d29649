"""What a manifest must say to be believed."""

import json

import pytest

from penstock.bundle import MANIFEST
from penstock.errors import BundleError
from serving.bundle import open_bundle
from tests.serving.bundles import change_manifest, write_small


@pytest.fixture
def folder(tmp_path):
    write_small(tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"users": 4}, "user_ids.npy has shape [3]; expected 4 by the manifest's counts"),
        ({"items": 0}, "items is 0; expected 1 to 2,147,483,647"),
        ({"rank": -1}, "rank is -1; expected 1 to 1,000"),
        ({"genres": 10**9}, "genres is 1000000000; expected 0 to 10,000"),
        ({"alpha": -1.0}, "alpha is -1.0; expected a finite number, not below 0"),
        ({"reg_param": 10**400}, "reg_param: expected float, got an integer beyond its range: 10000000000000000000..."),
        ({"model": "../x"}, "model is '../x'; expected letters, digits, '.', '_' and '-' only"),
        ({"run_id": "a\nb"}, "run_id is 'a\\nb'; expected at most 2,000 printable characters"),
        ({"version": ""}, "version is ''; expected letters, digits, '.', '_' and '-' only"),
        ({"files": []}, "lists the files ; expected each of genre_items.npy, "),
        ({"schema_version": 2}, " is a document of kind 'bundle_manifest' version 2; expected 'bundle"),
        ({"size": 2}, "size: unknown key"),
    ],
)  # fmt: skip
def test_a_manifest_that_cannot_be_is_refused(folder, changes, message):
    change_manifest(folder, **changes)
    with pytest.raises(BundleError) as caught:
        open_bundle(folder)
    assert str(caught.value).startswith(f"{folder}/{MANIFEST}")
    assert message in str(caught.value)


def test_a_manifest_that_was_changed_after_it_was_sealed_is_refused(folder):
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace('"alpha": 1.0', '"alpha": 1.5'))
    with pytest.raises(BundleError, match=r"manifest.json: its checksum is '[0-9a-f]{64}'; expected '[0-9a-f]{64}' by"):
        open_bundle(folder)


def test_half_a_character_in_a_manifest_is_refused(folder):
    """JSON can say it, UTF-8 cannot."""
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace('"run_id": ""', '"run_id": "\\ud800"'))
    with pytest.raises(BundleError, match=r"run_id is '\\ud800'; expected"):
        open_bundle(folder)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "../../etc/passwd", "lists the files ../../etc/passwd, genre_items.npy, "),
        ("name", "item_ids.npy", "lists the files genre_items.npy, "),
        ("dtype", "|O", "user_ids.npy has dtype '|O'; expected '<i8'"),
        ("shape", [4], "user_ids.npy has shape [4]; expected 3 by the manifest's counts"),
        ("shape", [3, 1], "user_ids.npy has shape [3, 1]; expected 3 by the manifest's counts"),
        ("shape", [-3], "user_ids.npy has shape [-3]; expected 3 by the manifest's counts"),
        ("bytes", 10**15, "user_ids.npy has 1,000,000,000,000,000 bytes; expected 152 by its shape"),
        ("sha256", "x" * 64, f"user_ids.npy has sha256 '{'x' * 64}'; expected 64 hexadecimal digits"),
        ("sha256", "0" * 64, f"expected {'0' * 64} by the manifest"),
    ],
)
def test_a_file_that_the_manifest_misdescribes_is_refused(folder, field, value, message):
    files = json.loads((folder / MANIFEST).read_text())["files"]
    change_manifest(folder, files=[{**files[0], field: value}, *files[1:]])
    with pytest.raises(BundleError) as caught:
        open_bundle(folder)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b'{"kind": 1e999}', b"9" * 5_000, b" " * 2**20 + b"x"]
)
def test_what_is_no_manifest_is_refused(folder, content):
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError):
        open_bundle(folder)
