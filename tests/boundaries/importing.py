"""Every module of a package, imported by a clean interpreter with the forbidden packages made unimportable."""

import os
import subprocess
from pathlib import Path

IMPORT_ALL = """
import importlib.abc, pkgutil, sys

class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in FORBIDDEN:
            raise ImportError(f"{name} must not be needed here")

FORBIDDEN = set(sys.argv[3].split(","))
sys.meta_path.insert(0, Wall())
sys.path.insert(0, sys.argv[1])
seen = []
for package in sys.argv[2].split(","):
    module = __import__(package)
    assert module.__file__.startswith(sys.argv[1]), f"{package} came from {module.__file__}"
    for each in pkgutil.walk_packages(module.__path__, package + "."):
        if each.name.endswith(".__main__"):  # a command, which would run
            continue
        __import__(each.name)
        seen.append(each.name)
print(" ".join(seen))
"""


def import_all(python: list[str], root: Path, packages: str, forbidden: str, folder: Path) -> list[str]:
    """The names of the modules that were imported."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [*python, "-c", IMPORT_ALL, str(root), packages, forbidden],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
