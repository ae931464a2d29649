from pathlib import Path

import pytest

from tools.environment.completeness import installed, refuse_incomplete
from tools.errors import ToolError
from tools.packages import Architecture


def put(site: Path, name: str, version: str, *requires: str) -> None:
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {x}" for x in requires),
    ]
    (folder / "METADATA").write_text("\n".join([*lines, "", ""]))


def refusal(site: Path, architecture: Architecture = Architecture.ARM64) -> str:
    with pytest.raises(ToolError) as refused:
        refuse_incomplete(site, architecture)
    return str(refused.value).partition(": ")[2].partition(". Add or remove")[0]


def test_nothing_needs_nothing(tmp_path: Path) -> None:
    refuse_incomplete(tmp_path, Architecture.ARM64)
    assert installed(tmp_path) == {}


def test_what_is_there_in_a_fitting_version_is_enough(tmp_path: Path) -> None:
    put(
        tmp_path,
        "Own_Features",
        "1.0",
        "numpy>=2",
        "pyspark>=3.5",
        'colorama; sys_platform == "win32"',
        'x; extra == "y"',
    )
    put(tmp_path, "numpy", "2.2.6")
    refuse_incomplete(tmp_path, Architecture.ARM64)
    assert installed(tmp_path) == {"numpy": "2.2.6", "own-features": "1.0"}


def test_what_is_absent_or_too_old_is_named_with_who_needs_it(tmp_path: Path) -> None:
    put(tmp_path, "own", "1.0", "numpy<2", "shapely>=2")
    put(tmp_path, "numpy", "2.2.6")
    assert refusal(tmp_path) == "own needs numpy<2, got 2.2.6; own needs shapely, which is absent"


def test_markers_are_judged_for_the_clusters_machines(tmp_path: Path) -> None:
    put(tmp_path, "own", "1.0", 'neon; platform_machine == "aarch64"', 'old; python_version < "3.11"')
    assert refusal(tmp_path) == "own needs neon, which is absent"
    refuse_incomplete(tmp_path, Architecture.X86_64)


def test_pyspark_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "pyspark", "3.5.6", "py4j==0.10.9.7")
    assert refusal(tmp_path) == "pyspark is in it, but a cluster's Spark brings its own"
