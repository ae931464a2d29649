"""Keys of roles: commands that AWS would run by a role sign with its keys, so that the record can tell who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class RoleKeysError(Exception):
    """An option that does not say whose keys it brings."""


@dataclass(frozen=True, kw_only=True)
class RoleKey:
    """The long-lived keys that stand here for a role's sessions."""

    role: str
    id: str
    secret: str = field(repr=False)


def parse_role_keys(text: str) -> dict[str, RoleKey]:
    """Parse ``ROLE=ACCESS:SECRET``, separated by blanks, by role; raise RoleKeysError."""
    found = {}
    for number, each in enumerate(text.split(), start=1):
        role, _, keys = each.partition("=")
        access, _, secret = keys.partition(":")
        if not (role and access and secret):
            raise RoleKeysError(
                f"--role-keys: number {number}, which begins with {role[:20]!r}, is not ROLE=ACCESS:SECRET. Give the "
                "role's name, not its ARN"
            )
        found[role] = RoleKey(role=role, id=access, secret=secret)
    return found


def role_name(address: str) -> str:
    """Return the name in a role's or an instance profile's ARN; a name stays as it is."""
    return address.rpartition("/")[2]


def role_environment(keys: Mapping[str, RoleKey], role: str) -> dict[str, str]:
    """Return the variables with the keys of a role; none if it has none."""
    key = keys.get(role)
    return {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret} if key else {}
