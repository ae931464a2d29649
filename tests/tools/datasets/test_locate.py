import json
from dataclasses import replace
from pathlib import Path

import pytest

from tools.console import console
from tools.datasets.dataset import Dataset, Source
from tools.datasets.locate import ORIGINS, find, locate
from tools.datasets.movielens import ARCHIVE, MOVIELENS
from tools.datasets.origin import Origin
from tools.errors import ToolError
from tools.settings import Settings

NOWHERE = "http://127.0.0.1:9/archive.zip"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(params=ORIGINS.values(), ids=ORIGINS)
def origin(request: pytest.FixtureRequest) -> Origin:
    return request.param


def generated(origin: Origin, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[Dataset, str]:
    monkeypatch.setattr(console, "width", 400)
    with console.capture() as captured:
        found = locate(settings, origin, NOWHERE)
    assert found.source is Source.GENERATED
    assert (found.name, found.files) == (origin.name, origin.files)
    assert all((found.folder / name).stat().st_size > 1000 for name in origin.files)
    return found, captured.get()


def test_a_folder_may_hold_the_files_or_the_folder_that_does(origin: Origin, tmp_path: Path) -> None:
    inner = tmp_path / origin.folder
    inner.mkdir()
    for name in origin.files:
        (inner / name).touch()
    assert find(tmp_path, origin) == inner
    assert find(inner, origin) == inner


def test_a_folder_without_the_files_is_refused_with_where_they_were_looked_for(origin: Origin, tmp_path: Path) -> None:
    *present, _ = origin.files
    for name in present:
        (tmp_path / name).touch()
    with pytest.raises(ToolError) as raised:
        locate(Settings(home=tmp_path / "home", data=tmp_path), origin)
    names = " and ".join(origin.files)
    expected = f"PENSTOCK_DATA={tmp_path}: expected {names} in {tmp_path}/{origin.folder} or {tmp_path}"
    assert str(raised.value) == expected
    assert not (tmp_path / "home").exists()


def test_a_named_folder_wins_and_is_recorded_with_its_digests(origin: Origin, tmp_path: Path) -> None:
    for name in origin.files:
        (tmp_path / name).write_bytes(b"")
    found = locate(Settings(home=tmp_path / "home", data=tmp_path), origin)
    assert found.source is Source.FOLDER
    assert found.facts() == {
        "name": origin.name,
        "source": "folder",
        "folder": str(tmp_path),
        "detail": f"the folder {tmp_path}",
        **{f"{name} sha256": EMPTY for name in origin.files},
    }


def test_without_a_network_ratings_are_generated_and_this_is_said_loudly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, said = generated(MOVIELENS, settings, monkeypatch)
    floor = json.loads((found.folder / "facts.json").read_text())["noise_floor"]
    assert found.detail == f"generated, seed 42, noise floor RMSE {floor}"
    for words in ("GENERATED DATA", "These are not real ratings.", NOWHERE, "ml-latest-small", f"(RMSE {floor})"):
        assert words in said


def test_without_a_network_people_are_generated_and_this_is_said_loudly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, said = generated(ORIGINS["adult"], settings, monkeypatch)
    accuracy = json.loads((found.folder / "facts.json").read_text())["bayes_accuracy"]
    assert found.detail == f"generated, seed 42, Bayes accuracy {accuracy}"
    for words in ("GENERATED DATA", "These are not real people.", f"more than {accuracy:.2%} of", "folder with adult"):
        assert words in said


def test_what_nobody_publishes_is_generated_without_asking_the_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, said = generated(ORIGINS["conversions"], settings, monkeypatch)
    assert found.detail == "generated, seed 42, 75 of 80 test rows repeat a training row"
    assert "These are not real examples." in said
    assert "(it has no publisher with an address that stays)" in said
    assert "connect to the network" not in said


def test_a_download_is_used_again_and_described_alike(settings: Settings) -> None:
    archive = replace(ARCHIVE, files=dict.fromkeys(ARCHIVE.files, EMPTY))
    folder = settings.home / "data" / "ml-latest-small"
    folder.mkdir(parents=True)
    for name in archive.files:
        (folder / name).touch()
    assert locate(settings, replace(MOVIELENS, archive=archive), NOWHERE) == Dataset(
        name="movielens",
        source=Source.PUBLISHER,
        folder=folder,
        files=("ratings.csv", "movies.csv"),
        detail="MovieLens latest-small from GroupLens",
    )


def test_the_licence_of_what_is_downloaded_is_said() -> None:
    archive = ORIGINS["adult"].archive
    assert archive is not None
    assert archive.detail == "Adult (Census Income, licence CC BY 4.0) from UCI"
