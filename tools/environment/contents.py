"""The folder that becomes an archive: packages, and what starts Python with them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.environment.completeness import refuse_incomplete
from tools.environment.recipe import PYTHON_RELEASE, Form, Recipe
from tools.errors import ToolError
from tools.packages import PYTHON_VERSION, find_uv, install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SITE = f"lib/python{PYTHON_VERSION}/site-packages"
_NOTES = ("direct_url.json", "uv_cache.json", "uv_build.json", "REQUESTED", "INSTALLER")
"""What an installer writes about itself and this machine's paths and times."""
_UNUSED = ("test", "idlelib", "ensurepip", "turtledemo", "site-packages", "dist-packages")
"""Folders of the standard library that no job imports, and what was installed there."""
_BUILT_IN = "/install"
"""Where the makers of relocatable Pythons say that they were built."""
_STARTER = """\
#!/bin/sh
# This archive holds packages and no interpreter: it starts the machine's own, with these packages first.
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
for python in {python} "$(command -v {name})"; do
    if [ -x "$python" ]; then
        PYTHONPATH="$here/{site}${{PYTHONPATH:+:$PYTHONPATH}}"
        export PYTHONPATH
        exec "$python" "$@"
    fi
done
echo "$0: there is neither {python} nor {name} on the PATH: make spark-environment FORM=interpreter" >&2
exit 127
"""


def fill(folder: Path, recipe: Recipe) -> None:
    """Put everything into an empty folder; raises ToolError."""
    if recipe.form is Form.INTERPRETER:
        _add_interpreter(folder, recipe)
    else:
        _add_starter(folder)
    site = folder / SITE
    site.mkdir(parents=True)
    install(site, recipe.architecture, "--requirement", str(recipe.lock), "--require-hashes")
    if recipe.wheels:
        install(site, recipe.architecture, *(str(each) for each in recipe.wheels))
    _tidy(site)
    refuse_incomplete(site, recipe.architecture)


def _add_starter(folder: Path) -> None:
    name = f"python{PYTHON_VERSION}"
    starter = folder / "bin/python"
    starter.parent.mkdir(parents=True)
    starter.write_text(_STARTER.format(python=f"/usr/bin/{name}", name=name, site=SITE))
    starter.chmod(0o755)


def _add_interpreter(folder: Path, recipe: Recipe) -> None:
    source = recipe.interpreter or _fetched(folder.parent / "interpreters", recipe)
    name = f"python{PYTHON_VERSION}"
    if not (source / "bin" / name).is_file() or not (source / "lib" / name / "os.py").is_file():
        raise ToolError(f"{source} is no Python {PYTHON_VERSION}: expected bin/{name} and lib/{name}/os.py in it")
    for part in ("bin", "lib"):
        (folder / part).mkdir(parents=True)
    shutil.copy2(source / "bin" / name, folder / "bin" / name)
    (folder / "bin/python").symlink_to(name)
    shutil.copytree(source / "lib" / name, folder / "lib" / name, symlinks=True, ignore=_unused(source / "lib" / name))
    _forget(source, folder / "lib" / name)
    for library in (source / "lib").glob("libpython*.so*"):
        shutil.copy2(library, folder / "lib", follow_symlinks=False)


def _fetched(folder: Path, recipe: Recipe) -> Path:
    """A relocatable Python of the architecture, which uv downloads and checks against the hash that it carries."""
    machine = recipe.architecture.value.partition("-")[0]
    wanted = f"cpython-{PYTHON_RELEASE}-linux-{machine}-gnu"
    command = [str(find_uv()), "python", "install", "--quiet", "--no-bin", "--install-dir", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own installer
    found = folder / wanted
    if done.returncode or not found.is_dir():
        raise ToolError(
            f"uv could not fetch {wanted}: {' '.join(done.stderr.split())} "
            "Where its download site is out of reach, give the folder of a relocatable Python (INTERPRETER=folder), "
            "or build FORM=packages, which needs none."
        )
    return found


def _unused(library: Path) -> Callable[[str, list[str]], set[str]]:
    def ignored(folder: str, names: list[str]) -> set[str]:
        left_out = [name for name in names if name in _UNUSED or name.startswith("config-")]
        return {*(left_out if folder == str(library) else ()), *({"__pycache__"} & set(names))}

    return ignored


def _forget(place: Path, library: Path) -> None:
    """Take the folder that uv has installed into out of what the interpreter says about its build."""
    for each in library.glob("_sysconfigdata*.py"):
        each.write_text(each.read_text().replace(str(place), _BUILT_IN))


def _tidy(site: Path) -> None:
    """Remove what differs from machine to machine, from the folder and from the packages' lists of their files.

    Commands in `bin` name an interpreter of this machine in their first line.
    """
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_dir() and (path.name == "__pycache__" or path == site / "bin"):
            shutil.rmtree(path)
        elif path.name in _NOTES and path.parent.name.endswith(".dist-info"):
            path.unlink()
    (site / ".lock").unlink(missing_ok=True)
    for record in site.glob("*.dist-info/RECORD"):
        kept = [line for line in record.read_text().splitlines() if _is_there(site, line)]
        record.write_text("".join(f"{line}\n" for line in sorted(kept)))


def _is_there(site: Path, line: str) -> bool:
    name = line.rpartition(",")[0].rpartition(",")[0].strip('"')
    return os.path.lexists(site / name)
