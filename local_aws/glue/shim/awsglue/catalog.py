"""The Data Catalog over HTTP: what sources and sinks ask, signed with the keys of the run's environment."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from awsglue.signature import signed_headers

ALREADY_THERE = "AlreadyExistsException"
BATCH = 100


class CatalogError(Exception):
    """The Data Catalog refused a request; ``code`` is AWS's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def call(operation: str, **request: Any) -> dict[str, Any]:
    """Send one Glue request and return the answer; raise CatalogError if it is refused."""
    url, body = os.environ["AWS_ENDPOINT_URL"], json.dumps(request).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSGlue.{operation}"}
    message = urllib.request.Request(url, body, signed_headers(url, headers, body))  # noqa: S310 - the server's own
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(message, timeout=60) as answer:
            return dict(json.loads(answer.read() or b"{}"))
    except urllib.error.HTTPError as error:
        problem = json.loads(error.read() or b"{}")
        code = str(problem.get("__type", error.code)).rpartition("#")[2]
        raise CatalogError(code, problem.get("message") or problem.get("Message") or "") from error


def pages(operation: str, field: str, **request: Any) -> Iterator[dict[str, Any]]:
    """Yield all items of a listing."""
    token: dict[str, str] = {}
    while True:
        answer = call(operation, **request, **token)
        yield from answer[field]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def table(database: str, name: str) -> dict[str, Any]:
    """Return a table; raise CatalogError if there is none."""
    return dict(call("GetTable", DatabaseName=database, Name=name)["Table"])


def partitions(database: str, name: str, expression: str = "") -> list[dict[str, Any]]:
    """Return a table's partitions, those that an expression selects if there is one."""
    selected = {"Expression": expression} if expression else {}
    return list(pages("GetPartitions", "Partitions", DatabaseName=database, TableName=name, **selected))


def put_table(database: str, definition: dict[str, Any]) -> None:
    """Create a table, or replace its definition."""
    try:
        call("CreateTable", DatabaseName=database, TableInput=definition)
    except CatalogError as problem:
        if problem.code != ALREADY_THERE:
            raise
        call("UpdateTable", DatabaseName=database, TableInput=definition)


def add_partitions(database: str, name: str, found: list[dict[str, Any]]) -> None:
    """Create partitions; those that exist stay as they are."""
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        call("BatchCreatePartition", DatabaseName=database, TableName=name, PartitionInputList=part)
