"""The classic Lambda handlers: `loadHandler`, `recommenderHandler`, `genreHandler`, over the same ASGI application.

Each takes its payload as it is (`{"userId": 100}`, an invocation that IAM has allowed), or the event of an API
Gateway, a function URL or a load balancer, which is then an HTTP request to the service with all its checks; for these
set PENSTOCK_SERVING_AUTH. The bundle is PENSTOCK_SERVING_BUNDLE, loaded when an instance starts; the load call changes
it for the instance that it reaches. Set the variable of the function to change it for all.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from mangum import Mangum

from penstock.errors import PenstockError
from serving.api import classic
from serving.app import Service, application
from serving.settings import PREFIX, Auth, Settings

if TYPE_CHECKING:
    from mangum.types import LambdaConfig, LambdaContext, LambdaEvent, Response, Scope

    from serving.fleet.worker import Worker

_PATH, _PAYLOAD = "penstock.path", "penstock.payload"
_HTTP = ("requestContext", "httpMethod")
_OK = 200
_LOOK_SECONDS = 0.05


class ClassicError(PenstockError):
    """What Lambda reports as `errorMessage`: the HTTP status and the sentence."""


class DirectCall:
    """A payload as a request: Mangum's interface of a handler."""

    def __init__(self, event: LambdaEvent, _context: LambdaContext, _config: LambdaConfig) -> None:
        self.event = event

    @classmethod
    def infer(cls, event: LambdaEvent, _context: LambdaContext, _config: LambdaConfig) -> bool:
        """Whether the event is one of those that this module makes."""
        return _PATH in event

    @property
    def body(self) -> bytes:
        """The payload."""
        return json.dumps(self.event[_PAYLOAD]).encode()

    @property
    def scope(self) -> Scope:
        """A request of this process to itself."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self.event[_PATH],
            "raw_path": self.event[_PATH].encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
            "server": ("127.0.0.1", 80),
            "client": None,
            "state": {},
        }

    def __call__(self, response: Response) -> dict[str, Any]:
        """The answer itself; raises ClassicError for any but 200."""
        answer: dict[str, Any] = json.loads(response["body"])
        if response["status"] != _OK:
            raise ClassicError(f"{response['status']}: {answer['error']['message']}")
        return answer


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One Lambda instance: it runs only while it is called, so the loop is run by each call."""

    loop: asyncio.AbstractEventLoop
    worker: Worker
    direct: Mangum
    http: Mangum


@cache
def instance() -> Instance:
    """Made by the first call, with its bundle; later calls find it."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        os.environ.setdefault(f"{PREFIX}CACHE", "/tmp/penstock")  # noqa: S108 - the only folder that Lambda can write
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    service = Service.start(Settings.from_environment())
    trusted = replace(service, settings=replace(service.settings, auth=Auth.NONE, rate_limit=0.0))
    watching = loop.create_task(service.worker.watch())
    loop.run_until_complete(_first(service.worker, watching))
    return Instance(
        loop=loop,
        worker=service.worker,
        direct=Mangum(application(trusted), lifespan="off", custom_handlers=[DirectCall]),
        http=Mangum(application(service), lifespan="off"),
    )


async def _first(worker: Worker, watching: asyncio.Task[None]) -> None:
    """Until the first bundle is served or known to be unusable."""
    while worker.served is None and worker.error is None and worker.state.bundle_uri and not watching.done():
        await asyncio.sleep(_LOOK_SECONDS)


def _call(path: str, event: dict[str, Any], context: Any) -> dict[str, Any]:
    here = instance()
    if any(name in event for name in _HTTP):
        return here.http(event, context)
    return here.direct({_PATH: path, _PAYLOAD: event}, context)


def loadHandler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: N802 - the name that was deployed
    """`{"s3DataLoc", "s3ModelLoc"}`; returns when the bundle is loaded, since Lambda stops a process that has answered.

    Raises ClassicError with the reason if it cannot be loaded; what was served before still is.
    """
    answer = _call(classic.LOAD, event, context)
    here = instance()
    last = here.worker.look().last
    if last is None:
        return answer
    ended = here.loop.run_until_complete(here.worker.settled(last.id))
    if ended.error and "result" in answer:
        raise ClassicError(f"503: {ended.error}")
    return answer


def recommenderHandler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: N802
    """`{"userId"}`; ten titles."""
    return _call(classic.ALL, event, context)


def genreHandler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: N802
    """`{"userId", "genre"}`; five titles."""
    return _call(classic.BY_GENRE, event, context)
