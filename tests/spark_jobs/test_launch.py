import tarfile
from pathlib import Path

import pytest

from spark_jobs import launch
from spark_jobs.launch import home, module_of, unpacked

URI = "s3://lake/environments/beef/environment.tar.gz"


class Store:
    """A file system with one archive, which counts who asks for it."""

    def __init__(self, folder: Path) -> None:
        self.archive, self.asked = folder / "kept.tar.gz", []
        python = folder / "contents/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)
        with tarfile.open(self.archive, "w:gz") as target:
            target.add(folder / "contents", arcname=".")

    def fetch(self, uri: str, target: Path) -> None:
        self.asked.append(uri)
        target.write_bytes(self.archive.read_bytes())


def test_a_script_is_a_module_of_the_zip():
    assert module_of("s3://lake/code/c0ffee/spark_jobs/train.py") == "spark_jobs.train"


def test_steps_of_a_node_share_what_one_has_unpacked(tmp_path):
    store, folder = Store(tmp_path), tmp_path / "node"
    folder.mkdir()
    first = unpacked(URI, store.fetch, folder)
    assert (first / "bin/python").stat().st_mode & 0o111
    assert unpacked(URI, store.fetch, folder) == first
    assert store.asked == [URI]
    assert unpacked(f"{URI}.other", store.fetch, folder) != first
    assert sorted(folder.iterdir()) == sorted({first, unpacked(f"{URI}.other", store.fetch, folder)})


def test_the_slower_of_two_steps_takes_what_the_quicker_has_unpacked(tmp_path):
    store, folder = Store(tmp_path), tmp_path / "node"
    folder.mkdir()
    quicker = []

    def slow(uri: str, target: Path) -> None:
        store.fetch(uri, target)
        quicker.append(unpacked(URI, store.fetch, folder))

    assert [unpacked(URI, slow, folder)] == quicker
    assert [each.name for each in folder.iterdir()] == [quicker[0].name]


def test_what_cannot_be_fetched_leaves_nothing(tmp_path):
    def failing(uri: str, target: Path) -> None:
        raise OSError(uri)

    with pytest.raises(OSError, match=r"environment\.tar\.gz"):
        unpacked(URI, failing, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_another_user_has_put_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(launch.tempfile, "gettempdir", lambda: str(tmp_path))
    ours = home()
    assert ours.stat().st_mode & 0o777 == 0o700
    assert home() == ours
    ours.rmdir()
    (tmp_path / "elsewhere").mkdir()
    ours.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match=r"is not this user's folder; remove it$"):
        home()
