"""Which files make a table: a target's folders, read as Glue reads them.

A folder with files is a table, or one per file if the files differ. Hive-style folders (``key=value``) are partitions
of the table above them. Other folders are tables of their own; siblings that turn out alike become partitions
(``partition_0``) of one table, which ``tables`` decides once the columns are known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.glue.crawlers.sniff import Kind, sniff

HIVE = "="


@dataclass(kw_only=True)
class Group:
    """Files that are one table. ``place`` is its folder or file, relative to the bucket."""

    place: str
    kind: Kind
    files: list[Path]
    keys: list[str] = field(default_factory=list)
    folders: dict[str, list[str]] = field(default_factory=dict)  # of each partition: its folder and its values


@dataclass(kw_only=True)
class Tree:
    """A folder: what it is if it is a table, else the folders in it."""

    place: str
    groups: list[Group]
    children: list["Tree"]


class Walk:
    """Reads the folders of one bucket."""

    def __init__(self, bucket: Path, excluded: Callable[[str], bool]) -> None:
        self._bucket = bucket
        self._excluded = excluded

    def tree(self, folder: Path) -> Tree:
        """Return what a folder, or a single file, holds."""
        place = self._relative(folder)
        if folder.is_file():
            return Tree(place=place, groups=self._groups(place, [folder]), children=[])
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        inner = [item for item in entries if item.is_dir() and not item.name.startswith(("_", "."))]
        files = [item for item in entries if item.is_file() and self._wanted(item)]
        if files or any(HIVE in item.name for item in inner):
            return Tree(place=place, groups=self._groups(place, self._below(folder)), children=[])
        children = [self.tree(item) for item in inner]
        return Tree(place=place, groups=[], children=[item for item in children if item.groups or item.children])

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._bucket).as_posix()

    def _wanted(self, path: Path) -> bool:
        hidden = path.name.startswith(("_", ".")) or path.name.endswith("_$folder$")
        return not hidden and path.stat().st_size > 0 and not self._excluded(self._relative(path))

    def _below(self, folder: Path) -> list[Path]:
        found = (item for item in sorted(folder.rglob("*")) if item.is_file() and self._wanted(item))
        return [
            item for item in found if not any(p.startswith(("_", ".")) for p in item.relative_to(folder).parts[:-1])
        ]

    def _groups(self, place: str, files: list[Path]) -> list[Group]:
        """Return one table of all files if they are alike, else one of each file."""
        kinds = [(path, kind) for path in files if (kind := sniff(path))]
        if not kinds:
            return []
        whole = Group(place=place, kind=kinds[0][1], files=[path for path, _ in kinds])
        if len({kind.parts_of_one for _, kind in kinds}) == 1:
            self._partition(whole)
            return [whole]
        return [Group(place=self._relative(path), kind=kind, files=[path]) for path, kind in kinds]

    def _partition(self, group: Group) -> None:
        """Note the folders below the table that hold its files as partitions, if all are equally deep."""
        root = self._bucket / group.place
        if root.is_file():
            return
        found = {path.parent: list(path.parent.relative_to(root).parts) for path in group.files}
        depths = {len(parts) for parts in found.values()}
        if len(depths) != 1 or depths == {0}:
            return
        first = next(iter(found.values()))
        group.keys = [
            part.partition(HIVE)[0] if HIVE in part else f"partition_{level}" for level, part in enumerate(first)
        ]
        group.folders = {
            self._relative(folder): [part.partition(HIVE)[2] if HIVE in part else part for part in parts]
            for folder, parts in found.items()
        }
