"""One file of a bundle as an array that is mapped into memory: read-only, shared by all workers of a machine."""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from penstock.bundle import StoredArray, npy_header
from penstock.errors import BundleError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def open_regular(path: Path) -> BinaryIO:
    """The file for reading, if it is one and no link; raises BundleError."""
    try:
        # O_NONBLOCK: opening a FIFO would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be opened as a plain file ({error})") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BundleError(f"{path}: no plain file")
    return os.fdopen(descriptor, "rb")


def open_array(path: Path, stored: StoredArray, *, verify: bool = True) -> NDArray[Any]:
    """The array in the file `path`, held against what the manifest says of it; raises BundleError.

    What is hashed is the mapping that is then used, so that there is no time between check and use in which the file
    could be another one. The header is compared with the only one that there can be, and never parsed.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size != stored.bytes:
            raise BundleError(f"{path}: {size:,} bytes; expected {stored.bytes:,} by the manifest")
        content = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    if verify:
        found = hashlib.sha256(content).hexdigest()
        if found != stored.sha256:
            raise BundleError(f"{path}: sha256 {found}; expected {stored.sha256} by the manifest")
    header = npy_header(stored.dtype, tuple(stored.shape))
    if content[: len(header)] != header:
        raise BundleError(f"{path}: another header than {header[10:].decode().strip()!r} in NumPy's format 1.0")
    array = np.frombuffer(content, dtype=np.dtype(stored.dtype), offset=len(header))
    return array.reshape(stored.shape)
