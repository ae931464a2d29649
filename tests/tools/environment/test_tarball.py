import hashlib
import os
import tarfile
from pathlib import Path

from tools.environment.tarball import sha256_of, write_tarball


def fill(folder: Path, content: str = "a") -> Path:
    (folder / "lib/empty").mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin/python").write_text(content)
    (folder / "bin/python").chmod(0o700)
    (folder / "bin/python3").symlink_to("python")
    (folder / "lib/b.py").write_text("b" * 3000)
    os.link(folder / "lib/b.py", folder / "lib/c.py")
    return folder


def test_equal_folders_give_equal_bytes_whenever_and_by_whomever_they_were_written(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one"), fill(tmp_path / "two")
    os.utime(two / "lib/b.py", (1, 1))
    (two / "bin/python").chmod(0o755)
    (two / "lib/b.py").chmod(0o600)
    (two / "lib").chmod(0o700)
    write_tarball(one, tmp_path / "one.tar.gz")
    write_tarball(two, tmp_path / "another-name.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "another-name.tar.gz").read_bytes()
    write_tarball(fill(tmp_path / "three", "A"), tmp_path / "three.tar.gz")
    assert sha256_of(tmp_path / "one.tar.gz") != sha256_of(tmp_path / "three.tar.gz")


def test_files_links_folders_and_who_may_execute_come_back(tmp_path: Path) -> None:
    sizes: list[int] = []
    write_tarball(fill(tmp_path / "folder"), tmp_path / "a.tar.gz", tell=sizes.append)
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        assert archive.getnames() == ["bin", "bin/python", "bin/python3", "lib", "lib/b.py", "lib/c.py", "lib/empty"]
        assert {(each.uid, each.gid, each.uname, each.gname, each.mtime) for each in archive} == {(0, 0, "", "", 0)}
        archive.extractall(tmp_path / "back", filter="data")
    back = tmp_path / "back"
    assert os.access(back / "bin/python", os.X_OK)
    assert not os.access(back / "lib/b.py", os.X_OK)
    assert (back / "bin/python3").readlink() == Path("python")
    assert (back / "lib/c.py").read_text() == "b" * 3000
    assert (back / "lib/c.py").stat().st_nlink == 1
    assert sorted(sizes) == [1, 3000, 3000]


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (3 << 20))
    assert sha256_of(path) == hashlib.sha256(b"x" * (3 << 20)).hexdigest()
