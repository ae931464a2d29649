import hashlib
import http.server
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from tools.datasets.archive import Archive, UnreachableError
from tools.errors import ToolError

NOWHERE = "http://127.0.0.1:9/archive.zip"
LOGIN_PAGE = b"<html>Please log in to this network</html>"
REMEDY = "Remedy: fetch it yourself, check it, unpack it and set PENSTOCK_DATA to its folder."


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


PUBLISHED = Archive(
    title="Rows",
    publisher="Someone",
    url=NOWHERE,
    inside="rows/",
    files={"a.csv": digest(b"a"), "b.csv": digest(b"b")},
)


@contextmanager
def publishing(content: bytes) -> Iterator[str]:
    """A web server that answers everything with `content`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/archive.zip"
        finally:
            server.shutdown()
            thread.join()


def test_only_the_wanted_files_leave_the_archive_whatever_else_it_names(tmp_path: Path) -> None:
    content = zipped({"../escaped.txt": b"out", "/absolute.txt": b"out", "rows/a.csv": b"a", "rows/b.csv": b"b"})
    with publishing(content) as url:
        replace(PUBLISHED, sha256=digest(content)).download(tmp_path / "cache", url)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()} == {"a.csv": b"a", "b.csv": b"b"}
    assert [path.name for path in tmp_path.rglob("*.txt")] == []


def test_a_download_is_cached_until_it_is_damaged(tmp_path: Path) -> None:
    assert not PUBLISHED.cached(tmp_path)
    PUBLISHED.unpack(zipped({"rows/a.csv": b"a", "rows/b.csv": b"b"}), tmp_path, "test")
    assert PUBLISHED.cached(tmp_path)
    (tmp_path / "b.csv").write_bytes(b"x")
    assert not PUBLISHED.cached(tmp_path)


def test_an_archive_without_a_file_is_refused(tmp_path: Path) -> None:
    message = "test has no rows/a.csv; it holds README.txt"
    with pytest.raises(ToolError, match=re.escape(message)):
        PUBLISHED.unpack(zipped({"README.txt": b""}), tmp_path, "test")


def test_another_archive_is_an_error_with_the_remedy_and_is_not_kept(tmp_path: Path) -> None:
    with publishing(LOGIN_PAGE) as url, pytest.raises(ToolError) as raised:
        replace(PUBLISHED, sha256=digest(b"archive")).download(tmp_path / "cache", url)
    assert str(raised.value) == (
        f"{url} has SHA-256 {digest(LOGIN_PAGE)}; expected {digest(b'archive')}. A proxy may have replaced it, or "
        f"Someone has published another version. {REMEDY}"
    )
    assert not (tmp_path / "cache").exists()


def test_another_file_is_an_error_and_none_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as raised:
        PUBLISHED.unpack(zipped({"rows/a.csv": b"a", "rows/b.csv": b"x"}), tmp_path / "cache", "test")
    assert str(raised.value).startswith(f"test: rows/b.csv has SHA-256 {digest(b'x')}; expected {digest(b'b')}.")
    assert not (tmp_path / "cache").exists()


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    with publishing(LOGIN_PAGE) as url, pytest.raises(ToolError) as raised:
        PUBLISHED.download(tmp_path / "cache", url)
    words = f"{url} is no zip archive: File is not a zip file. A proxy may have replaced it. {REMEDY}"
    assert str(raised.value) == words


def test_no_network_is_not_a_wrong_checksum(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=re.escape(NOWHERE)):
        PUBLISHED.download(tmp_path)
