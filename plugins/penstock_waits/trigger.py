"""Waiting in the triggerer, while the worker's slot is free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientError as AioClientError
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async
from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri
from penstock_waits.progress import ProgressLog
from penstock_waits.services import AsyncReloads
from penstock_waits.tables import SERVICE
from penstock_waits.wait import Call, Outcome, Wait
from penstock_waits.watch import Watch

UNANSWERED = (ClientError, BotoCoreError, OSError, AioClientError)
"""What a call can raise; aiohttp's own errors come through when a connection breaks within an answer."""


class WaitTrigger(BaseTrigger):
    """Fires once, with the outcome of a wait; unlike the provider's triggers it ends the work when the task is killed.

    The deadline is a moment and not a number of attempts, so that a triggerer that takes over does not start anew.
    `aws` is how the provider's hooks reach AWS: connection, region, botocore's configuration.
    """

    def __init__(self, wait: Mapping[str, Any], aws: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.wait, self.aws = Wait.from_json(wait), dict(aws)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What another triggerer needs to go on with this."""
        return f"{__name__}.{type(self).__name__}", {"wait": self.wait.to_json(), "aws": self.aws}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until the wait is over."""
        watch, progress = Watch(self.wait), ProgressLog()
        async with AsyncExitStack() as stack:
            clients: dict[str, Any] = {}
            while True:
                outcome = await self._look(watch, clients, stack) or watch.overdue(datetime.now(UTC))
                if outcome:
                    yield TriggerEvent(outcome.to_json())  # type: ignore[no-untyped-call]
                    return
                if self.wait.progress_uri:
                    await self._show(progress, clients, stack)
                await asyncio.sleep(self.wait.poll_seconds)

    async def on_kill(self) -> None:
        """End the work: its task was marked or cleared by a user."""
        if self.wait.cancel:
            self.log.info("%s: calling %s, because the task was ended", self.wait.what, self.wait.cancel)
            await sync_to_async(self._call)(self.wait.cancel)

    def _call(self, call: Call) -> None:
        getattr(self._hook(call.service).conn, call.method)(**call.arguments)

    def _hook(self, service: str) -> AwsGenericHook[Any]:
        return AwsGenericHook(
            client_type=service,
            aws_conn_id=self.aws["aws_conn_id"],
            region_name=self.aws["region_name"],
            config=self.aws.get("botocore_config"),
        )

    async def _client(self, service: str, clients: dict[str, Any], stack: AsyncExitStack) -> Any:
        if service == SERVICE:
            return AsyncReloads()
        if service not in clients:
            connecting = self._hook(service).get_async_conn()  # type: ignore[no-untyped-call]
            clients[service] = await stack.enter_async_context(await connecting)
        return clients[service]

    async def _look(self, watch: Watch, clients: dict[str, Any], stack: AsyncExitStack) -> Outcome | None:
        look = self.wait.look
        try:
            client = await self._client(look.service, clients, stack)
            answer = await getattr(client, look.method)(**look.arguments)
        except UNANSWERED as error:
            return watch.failed(error)
        return watch.answered(answer)

    async def _show(self, progress: ProgressLog, clients: dict[str, Any], stack: AsyncExitStack) -> None:
        bucket, key = split_uri(self.wait.progress_uri)
        with suppress(*UNANSWERED):  # not there yet, or being written just now: it is only a line of the log
            client = await self._client("s3", clients, stack)
            answer = await client.get_object(Bucket=bucket, Key=key)
            async with answer["Body"] as body:  # so that a connection that breaks meanwhile is given back
                text = (await body.read()).decode(errors="replace")
            progress.show(text, self.wait.progress_uri)
