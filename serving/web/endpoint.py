"""An endpoint: what it takes, what it answers, who may ask; an ASGI application that a route leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from serving.web.parameters import Parameters, read_body, read_parameters
from serving.web.problem import Problem, Reply

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.types import Receive, Scope, Send

    from serving.security.gate import Gate
    from serving.security.keys import Caller


class Access(StrEnum):
    """Who may ask."""

    OPEN = "open"
    """Anyone, without a key and without a limit: health, the page."""
    READER = "reader"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked."""

    parameters: Any
    """The endpoint's model of path and query."""
    body: Any
    """The endpoint's model of the body, or None."""
    caller: Caller
    scope: Scope


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one path, with all that the OpenAPI document says of it."""

    path: str
    handler: Handler
    summary: str
    description: str = ""
    method: str = "GET"
    access: Access = Access.READER
    tag: str = "recommendations"
    parameters: type[BaseModel] = Parameters
    body: type[BaseModel] | None = None
    response: type[BaseModel] | str
    """The model of the answer, or its media type if it is not JSON."""
    status: int = 200
    problems: tuple[str, ...] = ()
    """Codes of the problems of its own, beside those that any endpoint of its access has."""
    documented: bool = True
    """Whether the OpenAPI document has it; the page is no interface."""


@dataclass(frozen=True)
class Limits:
    """What one request may take."""

    body_bytes: int
    seconds: float


@dataclass(frozen=True)
class EndpointApp:
    """The ASGI application of an endpoint."""

    endpoint: Endpoint
    gate: Gate
    limits: Limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit, check, answer; a Problem raised on the way is the answer."""
        scope["penstock.route"] = self.endpoint.path
        try:
            reply = await self._answer(scope, receive)
        except Problem as problem:
            reply = problem.reply()
        headers = [*reply.headers, (b"content-length", str(len(reply.body)).encode())]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        endpoint = self.endpoint
        caller = await self.gate.admit(scope, endpoint.access)
        parameters = read_parameters(endpoint.parameters, scope["query_string"], scope["path_params"])
        if endpoint.body is None:
            return await endpoint.handler(Call(parameters, None, caller, scope))
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = read_body(endpoint.body, await read_bytes(scope, receive, self.limits.body_bytes))
                return await endpoint.handler(Call(parameters, body, caller, scope))
        except TimeoutError:
            raise Problem("timeout", f"The request took longer than {self.limits.seconds:g} s") from None


async def read_bytes(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body; raises Problem 415 if it is not declared as JSON and 413 as soon as it is too long.

    The declaration is asked for because a page of another site can send text/plain without the browser asking first.
    """
    declared = dict(scope["headers"])
    if declared.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        raise Problem("wrong_type", "The body is not declared as JSON: send Content-Type: application/json")
    parts, length = [], int(declared.get(b"content-length", b"0"))
    more = length <= limit
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("timeout", "The caller went away")
        parts.append(message.get("body", b""))
        length = sum(map(len, parts))
        more = message.get("more_body", False) and length <= limit
    if length > limit:
        raise Problem("too_large", f"The body has more than {limit} bytes: send less at a time")
    return b"".join(parts)
