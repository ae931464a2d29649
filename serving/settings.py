"""Every setting of the service: its environment variable, default and meaning, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from penstock.errors import PenstockError
from serving.places import canonical, parent_of
from serving.security.addresses import is_loopback, is_origin, is_safe_url

PREFIX = "PENSTOCK_SERVING_"
PYTHON = "PENSTOCK_SERVING_PYTHON"
"""No setting of the service: the interpreter that tools and tests start it with."""

METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which workers keep their numbers; prometheus_client reads it when it is first imported."""

_LAST_PORT = 65535


class Auth(StrEnum):
    """How a caller shows who they are."""

    NONE = "none"
    KEYS = "keys"
    JWT = "jwt"


def setting(default: Any, doc: str) -> Any:
    """A dataclass field with what it means; its variable is its name in capitals behind PENSTOCK_SERVING_."""
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one service needs to know; raises PenstockError for what does not go together."""

    bundle: str = setting("", "The bundle to load first: s3://bucket/.../<version> or a folder.")
    roots: tuple[str, ...] = setting(
        (), "Where bundles may be loaded from, with commas between: folders or s3://... (default: the bundle's parent)."
    )
    auth: Auth = setting(Auth.NONE, "none (loopback only), keys or jwt.")
    keys_file: Path | None = setting(None, "AUTH=keys: the file that `make-key` writes; read again when it changes.")
    jwks_url: str = setting("", "AUTH=jwt: where the issuer publishes its keys, https.")
    issuer: str = setting("", "AUTH=jwt: the claim `iss` that is asked for.")
    audience: str = setting("", "AUTH=jwt: the claim `aud`, or `client_id` of an access token of Cognito.")
    admin_claim: str = setting("cognito:groups=admin", "AUTH=jwt: claim=value that makes an admin.")
    cors_origins: tuple[str, ...] = setting((), "Origins whose pages may call, with commas between.")
    rate_limit: float = setting(200.0, "Requests per second of one caller, over all workers; 0 for no limit.")
    max_body_bytes: int = setting(65_536, "Longest request body.")
    request_seconds: float = setting(10.0, "Longest time for one request's body and answer.")
    cache: Path = setting(Path.home() / ".cache/penstock/serving", "Where bundles from S3 are kept.")
    reload_seconds: float = setting(900.0, "Longest time in which all workers must have loaded a bundle.")
    fleet: Path | None = setting(None, "Folder in which the workers of one service agree (default: below the cache).")
    host: str = setting("127.0.0.1", "Address to listen at.")
    port: int = setting(8480, "Port to listen at.")
    access_log: bool = setting(default=True, doc="Whether each request is a line of JSON on standard output.")

    def __post_init__(self) -> None:
        """Refuse what does not go together, and derive the roots from the bundle."""
        bundle = canonical(self.bundle) if self.bundle else ""
        roots = self.roots or ((parent_of(bundle),) if bundle else ())
        object.__setattr__(self, "bundle", bundle)
        object.__setattr__(self, "roots", tuple(map(canonical, roots)))
        _check_numbers(self)
        _check_callers(self)
        for origin in self.cors_origins:
            if not is_origin(origin):
                raise PenstockError(
                    f"{PREFIX}CORS_ORIGINS has {origin!r}; expected origins such as https://example.com, without a "
                    "path and without *"
                )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; an empty variable counts as unset, an unknown one is refused."""
        known = {each.name: each for each in fields(cls)}
        given = {
            name.removeprefix(PREFIX).lower(): text
            for name, text in environ.items()
            if name.startswith(PREFIX) and text and name != PYTHON
        }
        for name in given.keys() - known.keys():
            raise PenstockError(
                f"{PREFIX}{name.upper()} is no setting; known: {', '.join(each.upper() for each in known)}"
            )
        return cls(**{name: _parse(name, str(known[name].type), text) for name, text in given.items()})


def _parse(name: str, kind: str, text: str) -> Any:
    try:
        if kind.startswith("tuple"):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if kind == "bool":
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        if kind.startswith("Path"):
            return Path(text).expanduser().absolute()
        return {"int": int, "float": float, "Auth": Auth}.get(kind, str)(text)
    except (ValueError, KeyError) as error:
        expected = "none, keys or jwt" if kind == "Auth" else {"bool": "true or false"}.get(kind, "a number")
        raise PenstockError(f"{PREFIX}{name.upper()}={text}: expected {expected}") from error


def _check_numbers(settings: Settings) -> None:
    limits = {
        "rate_limit": (0, 1e9),
        "max_body_bytes": (1, 10**9),
        "request_seconds": (0.01, 3600),
        "reload_seconds": (0.01, 86_400),
        "port": (0, _LAST_PORT),
    }
    for name, (low, high) in limits.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise PenstockError(f"{PREFIX}{name.upper()}={value}: expected a number from {low} to {high:g}")


def _check_callers(settings: Settings) -> None:
    if settings.auth == Auth.NONE and not is_loopback(settings.host):
        raise PenstockError(
            f"{PREFIX}AUTH=none with {PREFIX}HOST={settings.host} would let anyone in the network load models and read "
            f"what users watched. Set {PREFIX}AUTH=keys (make a key: python -m serving make-key) or jwt, or listen at "
            "127.0.0.1"
        )
    if settings.auth == Auth.KEYS and settings.keys_file is None:
        raise PenstockError(f"{PREFIX}AUTH=keys needs {PREFIX}KEYS_FILE: write one with `python -m serving make-key`")
    if settings.auth == Auth.JWT:
        _check_jwt(settings)


def _check_jwt(settings: Settings) -> None:
    for name in ("jwks_url", "issuer", "audience"):
        if not getattr(settings, name):
            raise PenstockError(f"{PREFIX}AUTH=jwt needs {PREFIX}{name.upper()}")
    if not is_safe_url(settings.jwks_url):
        raise PenstockError(
            f"{PREFIX}JWKS_URL={settings.jwks_url}: expected https://..., since who can change the keys on their way "
            "can sign for anyone"
        )
    claim, separator, value = settings.admin_claim.partition("=")
    if settings.admin_claim and not (claim and separator and value):
        raise PenstockError(
            f"{PREFIX}ADMIN_CLAIM={settings.admin_claim}: expected claim=value, as cognito:groups=admin"
        )
