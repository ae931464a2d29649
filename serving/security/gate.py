"""Whether a request may come in: its host name, who sends it, how often, with which right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from penstock.errors import PenstockError
from serving.security.addresses import LOCAL_NAMES, host_name, is_loopback
from serving.security.keys import Caller, Keys, Role
from serving.security.rates import RateLimit
from serving.security.refusals import IssuerUnreachable, RefusedToken
from serving.settings import Auth, Settings
from serving.web.endpoint import Access
from serving.web.problem import Problem, retry_after

if TYPE_CHECKING:
    from starlette.types import Scope

    from serving.security.tokens import Tokens

NOBODY = Caller("-", Role.READER)
_CHALLENGE = ((b"www-authenticate", b'Bearer realm="penstock"'),)


class Gate:
    """Admits callers by the settings of a service."""

    def __init__(self, settings: Settings, table: Path | None = None) -> None:
        """`table` is the file of the rate limit that all workers share; raises PenstockError for unusable keys."""
        self._auth = settings.auth
        self._rates = RateLimit(settings.rate_limit, table)
        self._keys = _keys(settings)
        self._tokens = _tokens(settings)

    async def admit(self, scope: Scope, access: Access) -> Caller:
        """Who the caller is; raises Problem 421, 401, 403, 429 or 503. Names the caller in the scope for the log."""
        host, authorization, key = _headers(scope)
        if self._auth == Auth.NONE:
            _check_local(scope, host)
        if access == Access.OPEN:
            return NOBODY
        caller = await self._caller(scope, authorization, key)
        scope["penstock.caller"] = caller.id
        self._count(caller.id)
        if access == Access.ADMIN and caller.role != Role.ADMIN:
            raise Problem("not_allowed", "This needs a key or token with the role admin; yours has the role reader")
        return caller

    async def _caller(self, scope: Scope, authorization: str, key: str) -> Caller:
        address = f"address:{scope['client'][0] if scope.get('client') else '?'}"
        if self._auth == Auth.NONE:
            return Caller(address, Role.ADMIN)
        scheme, _, credentials = authorization.partition(" ")
        text = credentials.strip() if scheme.lower() == "bearer" else key
        try:
            found = await self._known(text)
        except IssuerUnreachable as error:
            raise Problem("not_loaded", str(error), headers=retry_after(5)) from None
        except RefusedToken as error:
            self._count(address)
            raise Problem("no_credentials", f"The token is not accepted. {error}", headers=_CHALLENGE) from None
        if found is None:
            self._count(address)
            said = "The key is not known" if text else "No key or token was sent"
            raise Problem("no_credentials", f"{said}: send Authorization: Bearer <key or token>", headers=_CHALLENGE)
        return found

    async def _known(self, text: str) -> Caller | None:
        if not text:
            return None
        if self._keys is not None:
            return self._keys.caller(text)
        return await self._tokens.caller(text) if self._tokens is not None else None

    def _count(self, caller: str) -> None:
        wait = self._rates.wait(caller)
        if wait:
            raise Problem(
                "too_many",
                f"More requests than the limit of this service: wait {wait:.2f} s",
                headers=retry_after(wait),
            )


def _headers(scope: Scope) -> tuple[str, str, str]:
    host = authorization = key = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"authorization":
            authorization = value
        elif name == b"x-api-key":
            key = value
    return host.decode("latin-1"), authorization.decode("latin-1"), key.decode("latin-1")


def _check_local(scope: Scope, host: str) -> None:
    """Without keys only this machine may ask, by its own name, lest another site's page reach it (DNS rebinding)."""
    server = scope.get("server")
    if host_name(host) not in LOCAL_NAMES or (server and not is_loopback(str(server[0]))):
        raise Problem(
            "wrong_host",
            "Without keys this service answers to this machine only, as localhost or 127.0.0.1. "
            "The operator sets PENSTOCK_SERVING_AUTH=keys or jwt to open it to others",
        )


def _keys(settings: Settings) -> Keys | None:
    if settings.auth != Auth.KEYS or settings.keys_file is None:
        return None
    try:
        return Keys(settings.keys_file)
    except ValueError as error:
        raise PenstockError(f"PENSTOCK_SERVING_KEYS_FILE: {error}") from error


def _tokens(settings: Settings) -> Tokens | None:
    if settings.auth != Auth.JWT:
        return None
    from serving.security.tokens import Expected, Tokens  # noqa: PLC0415 - cryptography is 7 MB that keys do not need

    return Tokens(
        Expected(
            jwks_url=settings.jwks_url,
            issuer=settings.issuer,
            audience=settings.audience,
            admin_claim=settings.admin_claim,
        )
    )
