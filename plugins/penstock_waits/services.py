"""Clients of a real-time service behind an Airflow connection of type `http`, for workers and for the triggerer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from airflow.sdk import BaseHook

from penstock_waits.served import ServiceError, state_of

TIMEOUT = httpx.Timeout(10.0)
ATTEMPTS = 5
FIRST_PAUSE = 1.0
"""Seconds; 1 + 2 + 4 + 8 s lie between five attempts, and who waits for longer asks again by himself."""
NOT_FOUND = 404


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a service is and what it is told of the caller."""

    url: str
    headers: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, connection: Any) -> Self:
        """Of an Airflow connection: the password is a key or token; the extra's `headers` go with every request."""
        host, scheme = connection.host or "localhost", connection.schema or "http"
        url = host if "://" in host else f"{scheme}://{host}"
        headers = dict(connection.extra_dejson.get("headers") or {})
        if connection.password:
            headers["Authorization"] = f"Bearer {connection.password}"
        return cls(url=f"{url.rstrip('/')}:{connection.port}" if connection.port else url, headers=headers)


class ServiceClient:
    """Asks one service, and asks again what may be repeated; raises ServiceError."""

    def __init__(self, address: Address) -> None:
        self.url = address.url
        self._http = httpx.Client(base_url=address.url, headers=address.headers, timeout=TIMEOUT)

    @classmethod
    def connect(cls, connection_id: str) -> ServiceClient:
        """By the id of an Airflow connection."""
        return cls(Address.of(BaseHook.get_connection(connection_id)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def models(self) -> dict[str, Any]:
        """What every worker serves."""
        return self._ask("GET", "/v1/models")

    def reload(self, bundle_uri: str) -> str:
        """Ask for another bundle; returns the reload's id. Loading the same one twice does no harm."""
        return str(self._ask("POST", "/v1/models/reload", json={"bundle_uri": bundle_uri})["id"])

    def recommendations(self, user_id: int, *, n: int, exclude_seen: bool) -> dict[str, Any]:
        """The n best items for a user."""
        path = f"/v1/users/{user_id}/recommendations"
        return self._ask("GET", path, params={"n": n, "exclude_seen": str(exclude_seen).lower()})

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        for attempt in range(ATTEMPTS):
            try:
                return answer_of(self._http.request(method, path, **request))
            except (httpx.HTTPError, ServiceError) as error:
                failure = as_failure(error, self.url)
                if not failure.passing or attempt == ATTEMPTS - 1:
                    raise failure from error
                time.sleep(FIRST_PAUSE * 2**attempt)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover


class Reloads:
    """What the worker's wait asks: how far a reload is."""

    def reload_state(self, *, connection_id: str, reload_id: str, model: str, version: str) -> dict[str, Any]:
        """The answer of `served.state_of`; raises ServiceError."""
        address = Address.of(BaseHook.get_connection(connection_id))
        try:
            with httpx.Client(base_url=address.url, headers=address.headers, timeout=TIMEOUT) as http:
                asked = known_reload(http.get(f"/v1/models/reloads/{reload_id}"))
                return state_of(answer_of(http.get("/v1/models")), asked, model=model, version=version)
        except httpx.HTTPError as error:
            raise as_failure(error, address.url) from error


class AsyncReloads:
    """The same for the triggerer."""

    async def reload_state(self, *, connection_id: str, reload_id: str, model: str, version: str) -> dict[str, Any]:
        """The answer of `served.state_of`; raises ServiceError."""
        address = Address.of(await BaseHook.aget_connection(connection_id))
        try:
            async with httpx.AsyncClient(base_url=address.url, headers=address.headers, timeout=TIMEOUT) as http:
                asked = known_reload(await http.get(f"/v1/models/reloads/{reload_id}"))
                return state_of(answer_of(await http.get("/v1/models")), asked, model=model, version=version)
        except httpx.HTTPError as error:
            raise as_failure(error, address.url) from error


def known_reload(response: httpx.Response) -> Mapping[str, Any]:
    """The reload's answer; empty for a service that was started again since and has forgotten it."""
    return {} if response.status_code == NOT_FOUND else answer_of(response)


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer; raises ServiceError with what a bad one says."""
    url = str(response.request.url)
    if not response.is_success:
        raise ServiceError(f"{url} answered {response.status_code}: {_message(response)}", response.status_code)
    try:
        body = response.json()
    except ValueError as error:
        raise ServiceError(f"{url} answered something else than JSON: {response.text[:80]!r}", NOT_FOUND) from error
    if not isinstance(body, dict):
        raise ServiceError(f"{url} answered a JSON {type(body).__name__}; expected an object", NOT_FOUND)
    return body


def as_failure(error: httpx.HTTPError | ServiceError, url: str) -> ServiceError:
    """A transport's failure as a sentence."""
    if isinstance(error, ServiceError):
        return error
    return ServiceError(f"{url} did not answer: {type(error).__name__}: {error}")


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200]
