"""The templates of infra/: what each takes, puts out and makes, and the order that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

BY_HAND = frozenset({"github"})
"""Templates that no deployment makes: the role that deploys is made by a person who has one."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """One template, by its path in infra/ without the ending."""

    name: str
    text: str
    parameters: dict[str, dict[str, Any]]
    outputs: frozenset[str]
    resources: dict[str, dict[str, Any]]

    @property
    def required(self) -> frozenset[str]:
        """Parameters without a default."""
        return frozenset(key for key, each in self.parameters.items() if "Default" not in each)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Templates, each after those whose outputs it takes."""

    names: tuple[str, ...]
    again: tuple[str, ...]
    """Those that are made once more at the end, with an optional output of a later stack: two point at each other."""


def load(folder: Path) -> dict[str, Template]:
    """Every template that a deployment may make."""
    names = {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.yaml"))}
    return {name: _read(name, path.read_text(encoding="utf-8")) for name, path in names.items() if name not in BY_HAND}


def order(templates: Mapping[str, Template], given: Collection[str], *, last: Collection[str] = ()) -> Order:
    """Sort by parameters and outputs of the same name; raises ToolError for a parameter that nobody gives.

    Templates with one of the parameters `last` come after every one that does not need them.
    """
    source = {output: name for name, each in templates.items() for output in each.outputs}
    needs: dict[str, set[str]] = {}
    wishes: dict[str, set[str]] = {}
    for name, each in templates.items():
        taken = {key: source[key] for key in each.parameters if key in source and key not in given}
        missing = sorted(each.required - set(taken) - set(given))
        if missing:
            raise ToolError(
                f"infra/{name}.yaml takes {', '.join(missing)}, which no stack of this environment puts out: bring it "
                "(`given:`), set it (`parameters:`), or leave the template out too (`without:`)",
                status=UNUSABLE,
            )
        needs[name] = {other for key, other in taken.items() if key in each.required}
        wishes[name] = set(taken.values()) - needs[name] - {name}
    again: set[str] = set()
    while True:
        graph = {name: sorted(needs[name] | wishes[name]) for name in templates}
        try:
            names = list(TopologicalSorter(graph).static_order())
            break
        except CycleError as error:
            again.add(_give_up_a_wish(error.args[1], wishes))
    late: set[str] = set()
    for name in names:
        if set(last) & set(templates[name].parameters) or late & set(graph[name]):
            late.add(name)
    return Order(names=tuple(sorted(names, key=late.__contains__)), again=tuple(sorted(again)))


def _give_up_a_wish(cycle: list[str], wishes: dict[str, set[str]]) -> str:
    """Take an optional edge out of a cycle, whose nodes each come before the next; returns who has lost it."""
    for before, after in pairwise(cycle):
        if before in wishes[after]:
            wishes[after].remove(before)
            return after
    raise ToolError(f"The templates need each other in a circle: {' -> '.join(cycle)}", status=UNUSABLE)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with CloudFormation's short forms."""


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """`!Ref x` as `{Ref: x}`; its documentation calls the others `Fn::`."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


def parse(text: str) -> dict[str, Any]:
    """A template with its functions in their long forms."""
    found: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return found


def _read(name: str, text: str) -> Template:
    found = parse(text)
    return Template(
        name=name,
        text=text,
        parameters=found.get("Parameters", {}),
        outputs=frozenset(found.get("Outputs", {})),
        resources=found["Resources"],
    )
