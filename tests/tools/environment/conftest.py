"""A checkout whose lock is empty, so that nothing is asked of an index, and wheels that a user may have built."""

import zipfile
from pathlib import Path

import pytest

from tools.environment.recipe import LOCK


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / LOCK).parent.mkdir(parents=True)
    (folder / LOCK).write_text("# nothing\n")
    return folder


def write_wheel(folder: Path, name: str, *, tag: str = "py3-none-any", requires: str = "") -> Path:
    """A wheel with one module, one command and one number in it."""
    folder.mkdir(exist_ok=True)
    path, info = folder / f"{name}-1.0-{tag}.whl", f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + (
        f"Requires-Dist: {requires}\n" if requires else ""
    )
    files = {
        f"{name}/__init__.py": "ANSWER = 42\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{each},,\n" for each in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as wheel:
        for each, content in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(each, content)
    return path
