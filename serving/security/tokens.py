"""JSON web tokens, signed by an issuer that publishes its keys (Cognito's shape: id tokens and access tokens)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from serving.security.keys import Caller, Role
from serving.security.refusals import IssuerUnreachable, RefusedToken

_ALGORITHM = "RS256"
_LEAST_BITS = 2048
"""RFC 7518, 3.3: RS256 needs a key of 2048 bits or more."""
_KEEP_SECONDS = 3600.0
_UNKNOWN_KEY_SECONDS = 30.0
"""The issuer is asked again for a key it did not have at most this often, whatever callers send."""
_UNREACHABLE_SECONDS = 1.0
"""As long as no key was ever read, the issuer is asked at most this often."""
_FETCH_SECONDS = 5.0
_LONGEST_JWKS = 1 << 20
_REMEMBERED = 10_000
_LEEWAY = 10
"""Seconds by which the issuer's clock may differ."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a token must say."""

    jwks_url: str
    issuer: str
    audience: str
    admin_claim: str


class Tokens:
    """Checks tokens; remembers those that it accepted until they expire, since checking one takes 50 microseconds."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched = self._tried = -float("inf")
        self._fetching = asyncio.Lock()
        self._accepted: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """Who the token speaks of; raises RefusedToken or IssuerUnreachable."""
        if not token.isascii():
            raise RefusedToken("It is no JSON web token: it has other characters than ASCII")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._accepted.get(digest)
        if known and known[1] > time.time() and time.monotonic() - self._fetched < _KEEP_SECONDS:
            return known[0]
        key = await self._key(token)
        claims = self._claims(token, key)
        caller = Caller(f"jwt:{claims.get('sub') or claims.get('client_id')}", self._role(claims))
        self._accepted[digest] = (caller, float(claims["exp"]))
        if len(self._accepted) > _REMEMBERED:
            self._accepted.popitem(last=False)
        return caller

    async def _key(self, token: str) -> RSAPublicKey:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise RefusedToken(f"It is no JSON web token: {error}") from None
        if header.get("alg") != _ALGORITHM:
            raise RefusedToken(f"It is signed with {str(header.get('alg'))[:20]}; expected {_ALGORITHM}")
        name = str(header.get("kid", ""))
        if name not in self._keys or time.monotonic() - self._fetched >= _KEEP_SECONDS:
            await self._fetch(name)
        if not self._keys:
            raise IssuerUnreachable(f"The keys of the issuer cannot be read from {self._expected.jwks_url}")
        if name not in self._keys:
            raise RefusedToken("Its key is not one of the issuer's")
        return self._keys[name]

    async def _fetch(self, name: str) -> None:
        """Read the issuer's keys again, unless another request just did; keys that were read stay if that fails."""
        async with self._fetching:
            now = time.monotonic()
            recent = name in self._keys and now - self._fetched < _KEEP_SECONDS
            pause = _UNKNOWN_KEY_SECONDS if self._keys else _UNREACHABLE_SECONDS
            if recent or now - self._tried < pause:
                return
            self._tried = now
            try:
                text = await asyncio.to_thread(_read, self._expected.jwks_url)
                keys = public_keys(json.loads(text))
            except (OSError, ValueError, HTTPException, jwt.PyJWTError):
                return
            if keys != self._keys:
                self._accepted.clear()
            self._keys, self._fetched = keys, time.monotonic()

    def _claims(self, token: str, key: RSAPublicKey) -> dict[str, Any]:
        options: Any = {"require": ["exp", "iss"], "verify_aud": False}
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[_ALGORITHM], issuer=self._expected.issuer, options=options, leeway=_LEEWAY
            )
        except jwt.InvalidTokenError as error:
            raise RefusedToken(f"It is refused: {error}") from None
        if self._expected.audience not in _values(claims.get("aud", claims.get("client_id"))):
            raise RefusedToken("It was issued for another client: neither aud nor client_id is this service's audience")
        if claims.get("token_use", "access") not in ("access", "id"):
            raise RefusedToken("Its token_use is neither access nor id")
        return claims

    def _role(self, claims: Mapping[str, Any]) -> Role:
        name, _, value = self._expected.admin_claim.partition("=")
        return Role.ADMIN if value and value in _values(claims.get(name)) else Role.READER


def public_keys(jwks: Any) -> dict[str, RSAPublicKey]:
    """The RSA keys for signing, by their ids; raises ValueError or PyJWTError for what is no key set."""
    found = {}
    for key in jwt.PyJWKSet.from_dict(jwks).keys:
        fit = (
            isinstance(key.key, RSAPublicKey)
            and key.public_key_use in (None, "sig")
            and key.algorithm_name == _ALGORITHM
        )
        if fit and key.key_id and key.key.key_size >= _LEAST_BITS:
            found[key.key_id] = key.key
    return found


def _values(claim: Any) -> list[str]:
    """A claim that is a list, or words with blanks between (`scope`)."""
    return claim if isinstance(claim, list) else claim.split() if isinstance(claim, str) else []


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys are read where the operator said, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _read(url: str) -> bytes:
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(url, timeout=_FETCH_SECONDS) as response:
        content: bytes = response.read(_LONGEST_JWKS + 1)
    if len(content) > _LONGEST_JWKS:
        raise ValueError(f"{url} answers with more than {_LONGEST_JWKS} bytes")
    return content
