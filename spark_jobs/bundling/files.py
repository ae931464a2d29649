"""The arrays of a bundle as files of this machine: appended to, then given their header and their checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from penstock.bundle import CONTENTS, BundleFile, StoredArray, npy_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1024**2


class ArrayFile:
    """One array that grows by its first axis; `with` closes it."""

    def __init__(self, folder: Path, name: BundleFile, *, row: int | None = None) -> None:
        """`row` is the length of the second axis, if there is one."""
        self.path, self.name = folder / name.value, name
        self.dtype = CONTENTS[name].dtype
        self._row, self._elements = row, 0
        self._file = self.path.open("wb")
        # All headers of less than 60 digits have the same length.
        self._file.write(bytes(len(npy_header(self.dtype, self._shape))))

    def append(self, elements: NDArray[Any]) -> None:
        """More elements, cast to the file's type."""
        self._file.write(np.ascontiguousarray(elements, dtype=self.dtype.value).tobytes())
        self._elements += elements.size

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.seek(0)
        self._file.write(npy_header(self.dtype, self._shape))
        self._file.close()

    def described(self) -> StoredArray:
        """What the manifest says of it; call it when it is closed."""
        digest, size = hashlib.sha256(), 0
        with self.path.open("rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
        return StoredArray(
            name=self.name.value,
            sha256=digest.hexdigest(),
            bytes=size,
            dtype=self.dtype.value,
            shape=list(self._shape),
        )

    @property
    def _shape(self) -> tuple[int, ...]:
        return (self._elements,) if self._row is None else (self._elements // self._row, self._row)


class Offsets:
    """Where each list begins in the file of all of them, and where the last one ends."""

    def __init__(self, file: ArrayFile) -> None:
        """The first list begins at 0."""
        self._file, self.end = file, 0
        file.append(np.zeros(1, dtype=np.int64))

    def append(self, counts: NDArray[np.int64]) -> None:
        """More lists by their lengths."""
        self._file.append(self.end + np.cumsum(counts))
        self.end += int(counts.sum())
