"""The contract of a serving bundle: literal, because a job and a service meet there."""

from dataclasses import replace

import pytest

from penstock.bundle import CONTENTS, BundleFile, BundleManifest, ElementType, npy_bytes, npy_header
from penstock.errors import DocumentError

MANIFEST = BundleManifest(
    model="movie_recommender",
    version="0123abcd",
    model_uri="s3://bucket/models/movie_recommender/0123abcd/sparkml",
    dag_id="movie_recommender",
    run_id="r1",
    rank=2,
    users=3,
    items=4,
    seen=5,
    genres=0,
    implicit=True,
    alpha=1.0,
    reg_param=0.1,
    top_rating=5.0,
    files=[],
    code_sha="abc",
)


def test_every_file_has_a_type_and_a_shape() -> None:
    assert set(CONTENTS) == set(BundleFile)
    assert {each.value: MANIFEST.expected_shape(each) for each in BundleFile} == {
        "user_ids.npy": (3,),
        "user_factors.npy": (3, 2),
        "item_ids.npy": (4,),
        "item_factors.npy": (4, 2),
        "titles.npy": (None,),
        "title_offsets.npy": (5,),
        "genre_names.npy": (None,),
        "genre_name_offsets.npy": (1,),
        "genre_items.npy": (None,),
        "genre_offsets.npy": (1,),
        "seen_items.npy": (5,),
        "seen_offsets.npy": (4,),
        "popularity.npy": (4,),
    }


def test_the_manifest_is_read_as_it_was_written() -> None:
    assert BundleManifest.from_json(MANIFEST.to_json(), "s3://b/manifest.json") == MANIFEST


def test_a_sealed_manifest_knows_its_own_content() -> None:
    sealed = BundleManifest.from_json(MANIFEST.sealed().to_json(), "s3://b/manifest.json")
    assert sealed.checksum == sealed.expected_checksum() == MANIFEST.expected_checksum()
    assert replace(sealed, alpha=2.0).expected_checksum() != sealed.checksum


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(DocumentError, match="expected 'bundle_manifest' version 1"):
        BundleManifest.from_json(MANIFEST.to_json().replace("bundle_manifest", "verdict"), "s3://b/manifest.json")


@pytest.mark.parametrize(
    ("dtype", "shape", "text"),
    [
        ("<f4", (3, 2), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"),
        ("|u1", (0,), "{'descr': '|u1', 'fortran_order': False, 'shape': (0,), }"),
        ("<i8", (10**12,), "{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000000,), }"),
    ],
)
def test_a_header_is_numpys_and_the_elements_begin_at_a_multiple_of_64(
    dtype: str, shape: tuple[int, ...], text: str
) -> None:
    header = npy_header(dtype, shape)
    assert header[:8] == b"\x93NUMPY\x01\x00"
    assert header[8:10] == bytes([len(header) - 10, 0])
    assert header[10:].decode().rstrip(" \n") == text
    assert header.endswith(b"\n")
    assert len(header) == 128


def test_bytes_of_a_file_are_its_header_and_its_elements() -> None:
    assert [npy_bytes(each, (10, 3)) - 128 for each in ElementType] == [240, 120, 120, 30]
