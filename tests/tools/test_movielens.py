import hashlib
import http.server
import re
import threading
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tools import movielens
from tools.errors import ToolError

NOWHERE = "http://127.0.0.1:9/ml-latest-small.zip"


def archive(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def publisher() -> Iterator[str]:
    """A web server that has an archive, but not the published one."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Please log in to this network</html>")

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ml-latest-small.zip"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_folder_may_hold_the_files_or_the_folder_that_does(tmp_path: Path) -> None:
    inner = tmp_path / "ml-latest-small"
    inner.mkdir()
    for name in movielens.FILES:
        (inner / name).touch()
    assert movielens.find(tmp_path) == inner
    assert movielens.find(inner) == inner


def test_a_folder_without_the_files_is_refused_with_where_they_were_looked_for(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").touch()
    with pytest.raises(ToolError) as raised:
        movielens.find(tmp_path)
    assert str(raised.value) == (
        f"PENSTOCK_DATA={tmp_path}: expected ratings.csv and movies.csv in {tmp_path}/ml-latest-small or {tmp_path}"
    )


def test_only_the_two_files_leave_the_archive_whatever_else_it_names(tmp_path: Path) -> None:
    content = archive(
        {
            "../escaped.txt": b"out",
            "/absolute.txt": b"out",
            "ml-latest-small/ratings.csv": b"r",
            "ml-latest-small/movies.csv": b"m",
        }
    )
    folder = movielens.unpack(content, tmp_path / "cache" / "ml-latest-small", "test")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"ratings.csv": b"r", "movies.csv": b"m"}
    assert [path.name for path in tmp_path.rglob("*.txt")] == []


def test_an_archive_without_ratings_is_refused(tmp_path: Path) -> None:
    message = "test has no ml-latest-small/ratings.csv; it holds README.txt"
    with pytest.raises(ToolError, match=re.escape(message)):
        movielens.unpack(archive({"README.txt": b""}), tmp_path, "test")


def test_another_content_is_an_error_with_the_remedy_and_is_not_kept(publisher: str, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"<html>Please log in to this network</html>").hexdigest()
    with pytest.raises(ToolError) as raised:
        movielens.download(tmp_path, publisher)
    assert str(raised.value).startswith(f"{publisher} has SHA-256 {digest}; expected {movielens.ARCHIVE_SHA256}.")
    assert str(raised.value).endswith(
        "Remedy: fetch it yourself, check it, unpack it and set PENSTOCK_DATA to its folder."
    )
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_not_a_wrong_checksum(tmp_path: Path) -> None:
    with pytest.raises(movielens.UnreachableError, match=re.escape(NOWHERE)):
        movielens.download(tmp_path, NOWHERE)


def test_a_damaged_cache_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "ml-latest-small"
    folder.mkdir()
    for name in movielens.FILES:
        (folder / name).write_bytes(b"userId,movieId,rating,timestamp\r\n")
    assert movielens.cached(tmp_path) is None
