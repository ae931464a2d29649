from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.supply.locks import Pin, canonical, read, read_all, rounds

LOCK = """# made by uv
boto3==1.44.5 \\
    --hash=sha256:aa \\
    # via x
PyJWT[crypto]==2.15.1 ; sys_platform == 'win32' \\
    --hash=sha256:bb
"""


def test_a_lock_is_its_pins_without_extras_and_markers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LOCK)
    assert read(path) == {Pin(name="boto3", version="1.44.5"), Pin(name="pyjwt", version="2.15.1")}


def test_a_pin_without_a_hash_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("boto3==1.44.5\n    # via x\n")
    with pytest.raises(ToolError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}: boto3==1.44.5 has no hash, so any file of that name would do. Run `make lock`."
    )


@pytest.mark.parametrize("line", ["boto3>=1", "-r other.txt", "--index-url https://example.org/simple"])
def test_whatever_is_no_pin_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{line}\n")
    with pytest.raises(ToolError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: expected name==version, got {line!r}. Run `make lock`."


def test_every_lock_of_the_repository_is_whole() -> None:
    locked = read_all()
    assert {"airflow", "audit", "serving", "spark", "uv"} <= set(locked)
    assert all(locked.values())


def test_no_round_names_a_package_twice_and_all_rounds_name_every_pin() -> None:
    pins = {Pin(name="a", version="1"), Pin(name="a", version="2"), Pin(name="b", version="1")}
    assert [[str(pin) for pin in each] for each in rounds(pins)] == [["a==1", "b==1"], ["a==2"]]
    assert list(rounds([])) == []


def test_names_are_compared_as_indexes_do() -> None:
    assert canonical("Ruamel._Yaml") == "ruamel-yaml"
