"""Waiting in the worker, which keeps its slot."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri
from penstock_waits.progress import ProgressLog
from penstock_waits.watch import Watch

if TYPE_CHECKING:
    from penstock_waits.wait import Outcome, Wait

Clients = Callable[[str], Any]
"""A boto3 client by the name of its service."""


def wait_here(wait: Wait, clients: Clients, sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """Poll until the wait is over."""
    watch, progress = Watch(wait), ProgressLog()
    while True:
        outcome = _look(wait, watch, clients) or watch.overdue(datetime.now(UTC))
        if outcome:
            return outcome
        if wait.progress_uri:
            _show(wait.progress_uri, progress, clients)
        sleep(wait.poll_seconds)


def _look(wait: Wait, watch: Watch, clients: Clients) -> Outcome | None:
    ask = partial(getattr(clients(wait.look.service), wait.look.method), **wait.look.arguments)
    try:
        answer = ask()
    except (ClientError, BotoCoreError, OSError) as error:
        return watch.failed(error)
    return watch.answered(answer)


def _show(uri: str, progress: ProgressLog, clients: Clients) -> None:
    bucket, key = split_uri(uri)
    with suppress(ClientError, BotoCoreError, OSError):  # not there yet, or not for now: only a line of the log
        progress.show(clients("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode(errors="replace"), uri)
