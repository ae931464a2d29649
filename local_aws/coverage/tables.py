"""The shape of the tables, and where each service's is."""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """One service. What no table names is moto's if moto has it, and refused otherwise.

    ``executed`` and ``emulated`` give for an operation what differs from AWS: executed means that something runs on
    this machine, emulated that the answer is computed here and nothing runs. ``topics`` are what no operation owns.
    ``responses`` names the class whose methods answer the requests.
    """

    service: str
    title: str
    responses: str
    executed: dict[str, str]
    emulated: dict[str, str]
    topics: dict[str, str]

    def response_class(self) -> type[Any]:
        """Return the class that answers requests."""
        module, _, name = self.responses.partition(":")
        found: type[Any] = getattr(importlib.import_module(module), name)
        return found


def all_coverage() -> list[Coverage]:
    """Return every service's table, in the order of COVERAGE.md."""
    names = ("credentials", "s3", "emr", "emr_serverless", "glue")
    return [importlib.import_module(f"local_aws.coverage.{name}").COVERAGE for name in names]
