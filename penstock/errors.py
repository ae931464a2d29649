"""Everything Penstock raises on purpose.

PenstockError         also raised itself, where no caller tells the kinds apart
├── ArgumentError     a job's command line does not fit its dataclass
├── SpecError         a workflow's YAML does not fit its model
├── DeploymentError   the deployment is missing or does not fit
├── DocumentError     a JSON document is damaged, or of another kind or version
├── CodecError        a value does not fit its type; in `penstock.codec`, whose callers say which document it was
├── DataError         the input data cannot be used: a missing column, too many bad rows, no rows
├── BundleError       a serving bundle is torn, tampered with, too large, or lies where none may be loaded from
├── Problem           what the service answers a request instead; in `serving.web.problem`
├── RefusedToken      a caller's token is not accepted; in `serving.security.tokens`
├── IssuerUnreachable the issuer's keys were never read, so no token can be checked; there too
├── ClassicError      what Lambda reports of a classic call; in `serving.lambda_handlers`
├── StoppedError      a batch came after its run was told to stop; in `spark_jobs.streaming.batches`
└── ToolError         a command of the local stack cannot do what was asked; in `tools.errors`, does not ship
    └── UnreachableError  a publisher of data cannot be reached; in `tools.datasets.archive`

A message says what failed, where, what was got and expected, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PenstockError(Exception):
    """Root of the tree: catch this to catch every expected failure."""


class ArgumentError(PenstockError):
    """A job's command line does not fit its dataclass."""


class SpecError(PenstockError):
    """A workflow's YAML does not fit its model."""


class DeploymentError(PenstockError):
    """The deployment is missing or does not fit."""


class DocumentError(PenstockError):
    """A JSON document is damaged, or of another kind or version."""


class DataError(PenstockError):
    """The input data cannot be used."""


class BundleError(PenstockError):
    """A serving bundle is torn, tampered with, too large, or lies where none may be loaded from."""


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """The end of an error message: the nearest known name, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(got, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
