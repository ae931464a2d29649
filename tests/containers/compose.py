"""docker-compose.yaml, read as compose reads it: variables filled in, services in the order of their dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
FILE, RECIPE = REPOSITORY / "docker-compose.yaml", REPOSITORY / "containers" / "Dockerfile"
HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service as the file says it."""

    name: str
    said: Mapping[str, Any]

    @property
    def target(self) -> str | None:
        """The stage of the Dockerfile; None for an image of others."""
        target: str | None = self.said.get("build", {}).get("target")
        return target

    @property
    def dependencies(self) -> dict[str, str]:
        """The condition of each service that must come first."""
        return {name: each["condition"] for name, each in self.said.get("depends_on", {}).items()}

    @property
    def health(self) -> list[str] | None:
        """The command of the health check."""
        test = self.said.get("healthcheck", {}).get("test")
        assert test is None or test[0] == "CMD"
        return None if test is None else list(test[1:])

    @property
    def command(self) -> list[str]:
        return list(self.said["command"])

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.said["environment"].items()}

    @property
    def profiles(self) -> list[str]:
        return list(self.said.get("profiles", ()))

    @cached_property
    def volumes(self) -> dict[str, str]:
        """Named volumes by where they are mounted."""
        parts = [each.split(":") for each in self.said.get("volumes", ())]
        return {place: name for name, place, *_ in parts}


def read(variables: Mapping[str, str]) -> dict[str, Service]:
    """Every service, with the variables' values or the file's defaults."""
    text = _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2], FILE.read_text(encoding="utf-8"))
    return {name: Service(name=name, said=said) for name, said in yaml.safe_load(text)["services"].items()}


def in_order(services: Mapping[str, Service]) -> Iterator[Service]:
    """Each service after those that it depends on."""
    done: set[str] = set()
    while waiting := [each for name, each in services.items() if name not in done]:
        ready = [each for each in waiting if set(each.dependencies) & set(services) <= done]
        assert ready, f"a circle of dependencies: {[each.name for each in waiting]}"
        for each in ready:
            done.add(each.name)
            yield each


def entrypoint() -> list[str]:
    """The words before a service's command, of every image of ours."""
    [words] = re.findall(r"^ENTRYPOINT \[(.*)\]$", RECIPE.read_text(encoding="utf-8"), re.MULTILINE)
    return [word.strip().strip('"') for word in words.split(",")]


def environment_of(target: str) -> str:
    """The environment whose `python` is the first on the PATH of a stage."""
    stage = RECIPE.read_text(encoding="utf-8").partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
    [name] = re.findall(r"^ENV PATH=/opt/penstock/\.venv/(\w+)/bin:", stage, re.MULTILINE)
    return str(name)
