"""An environment's archive with its description beside it, made once for a recipe."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.layout import split_uri
from tools.environment.completeness import installed
from tools.environment.contents import SITE, fill
from tools.environment.tarball import sha256_of, write_tarball

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.layout import Layout
    from tools.environment.recipe import Recipe

ARCHIVE, DESCRIPTION = "environment.tar.gz", "environment.json"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An archive that is there."""

    path: Path
    sha: str
    """SHA-256 of its bytes: the deployment's `environment_sha`."""
    form: str
    architecture: str
    bytes: int
    unpacked_bytes: int
    packages: dict[str, str] = field(default_factory=dict)
    """Version by name."""

    def describe(self) -> str:
        """As JSON, without the place where this machine keeps it."""
        values = {name: value for name, value in asdict(self).items() if name != "path"}
        return f"{json.dumps(values, indent=2, sort_keys=True)}\n"


def build_environment(recipe: Recipe, home: Path, *, tell: Callable[[str], None] = lambda _: None) -> Environment:
    """Make the archive of a recipe below `home`, unless it is there; raises ToolError."""
    folder = home / "environments" / recipe.digest
    if recipe.reusable and (folder / DESCRIPTION).is_file():
        return read_environment(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        contents = Path(scratch) / "contents"
        contents.mkdir()
        tell(f"installing {recipe.lock.name} and {len(recipe.wheels)} wheels of your own for {recipe.architecture}")
        fill(contents, recipe)
        unfinished = Path(scratch) / ARCHIVE
        size = _size(contents)
        write_tarball(contents, unfinished, tell=_tenths(size, tell))
        found = Environment(
            path=folder / ARCHIVE,
            sha=sha256_of(unfinished),
            form=recipe.form.value,
            architecture=recipe.architecture.name,
            bytes=unfinished.stat().st_size,
            unpacked_bytes=size,
            packages=installed(contents / SITE),
        )
        unfinished.replace(found.path)
    (folder / DESCRIPTION).write_text(found.describe())
    return found


def read_environment(folder: Path) -> Environment:
    """What was built into a folder."""
    return Environment(path=folder / ARCHIVE, **json.loads((folder / DESCRIPTION).read_text()))


def upload_environment(s3: Any, archive: Path, sha: str, layout: Layout) -> bool:
    """Put an archive where the deployment's steps look for it; False if it was there."""
    bucket, key = split_uri(layout.environment(sha))
    if any(each["Key"] == key for each in s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", ())):
        return False
    s3.upload_file(str(archive), bucket, key)
    return True


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _tenths(total: int, tell: Callable[[str], None]) -> Callable[[int], None]:
    """Say how far packing is whenever another tenth is done."""
    done = said = 0

    def packed(size: int) -> None:
        nonlocal done, said
        done += size
        if (tenth := 10 * done // max(total, 1)) > said:
            said = tenth
            tell(f"packed {done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

    return packed
