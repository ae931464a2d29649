"""Why a token is not accepted."""

from __future__ import annotations

from penstock.errors import PenstockError


class RefusedToken(PenstockError):  # noqa: N818 - it names what happened
    """The token is not accepted; the message says why."""


class IssuerUnreachable(PenstockError):  # noqa: N818
    """The issuer's keys were never read, so no token can be checked."""
