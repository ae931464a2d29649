import json
from pathlib import Path

import pytest

from tools import data, movielens
from tools.console import console
from tools.data import Source
from tools.settings import Settings


def test_a_named_folder_wins_and_is_recorded_with_its_digests(tmp_path: Path) -> None:
    for name in movielens.FILES:
        (tmp_path / name).write_bytes(b"")
    found = data.locate(Settings(home=tmp_path / "home", data=tmp_path))
    assert found.source is Source.FOLDER
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert found.facts() == {
        "source": "folder",
        "folder": str(tmp_path),
        "detail": f"the folder {tmp_path}",
        "ratings.csv sha256": empty,
        "movies.csv sha256": empty,
    }


def test_without_a_network_the_data_is_generated_and_this_is_said_loudly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 400)
    with console.capture() as captured:
        found = data.locate(settings, "http://127.0.0.1:9/ml-latest-small.zip")
    floor = json.loads((found.folder / "facts.json").read_text())["noise_floor"]
    assert found.source is Source.GENERATED
    assert found.detail == f"generated, seed 42, noise floor RMSE {floor}"
    for words in ("GENERATED DATA", "These are not real ratings.", "PENSTOCK_DATA", f"(RMSE {floor})"):
        assert words in captured.get()


def test_the_first_and_every_later_use_of_a_download_are_described_alike(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    monkeypatch.setattr(movielens, "FILE_SHA256", dict.fromkeys(movielens.FILES, empty))
    folder = settings.home / "data" / movielens.NAME

    def download(cache: Path, url: str) -> Path:
        folder.mkdir(parents=True)
        for name in movielens.FILES:
            (folder / name).touch()
        return folder

    monkeypatch.setattr(movielens, "download", download)
    first, second = data.locate(settings), data.locate(settings)
    assert (
        first
        == second
        == data.Dataset(source=Source.MOVIELENS, folder=folder, detail="MovieLens latest-small from GroupLens")
    )
