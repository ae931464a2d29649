"""The access keys that may sign: this server's own, those of moto's IAM users, those that AssumeRole has issued."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends


@dataclass(frozen=True, kw_only=True)
class Key:
    """An access key; one of a role has a session token and an end, in UTC without a time zone."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: datetime | None = None

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= utcnow()


@dataclass(frozen=True, kw_only=True)
class Keys:
    """All keys that are known: the server's own is looked at first, then those that roles were given."""

    own: Key
    roles: Sequence[Key] = ()

    def find(self, key_id: str) -> Key | None:
        """Return a key, or nothing if it is unknown or has been made inactive."""
        if key_id == self.own.id:
            return self.own
        return next((key for key in chain(self.roles, self._issued()) if key.id == key_id), None)

    @staticmethod
    def _issued() -> Iterator[Key]:
        for backend in _backends(iam_backends):
            for user in list(backend.users.values()):
                for key in user.access_keys:
                    if key.status == "Active":
                        yield Key(id=key.access_key_id, secret=key.secret_access_key)
        for backend in _backends(sts_backends):
            for role in list(backend.assumed_roles):
                yield Key(
                    id=role.access_key_id,
                    secret=role.secret_access_key,
                    token=role.session_token,
                    expires=role.expiration,
                )


def _backends(accounts: Any) -> list[Any]:
    return [backend for partitions in list(accounts.values()) for backend in list(partitions.values())]
