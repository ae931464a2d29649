"""What an apply would do, found out without doing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.table import Table

from tools.deploy import history, release
from tools.deploy.stacks import DEAD, Change
from tools.deploy.target import VERSIONS
from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.deploy.history import Deployed
    from tools.deploy.release import Contents
    from tools.deploy.target import Target

NEW, CHANGED, SAME = "new", "changed", "unchanged"
NOT_KNOWN_YET = "known-after-apply"
"""A parameter's value in a plan, where an upload will decide it."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """One stack."""

    template: str
    what: str
    changes: list[Change]


@dataclass(kw_only=True)
class Plan:
    """All stacks in their order, and the files of the release against those of the one that runs."""

    environment: str
    running: Deployed | None
    release: str
    stacks: list[StackPlan]
    files: dict[str, str] = field(default_factory=dict)
    """By name: new, changed, removed. What is the same is not in it."""

    @property
    def empty(self) -> bool:
        """Whether an apply would change nothing."""
        same_release = self.running is not None and self.running.release == self.release
        return same_release and all(each.what == SAME for each in self.stacks)


def plan(target: Target, contents: Contents) -> Plan:
    """Ask CloudFormation for the changes of each stack that is there; of the others, all their resources are new."""
    target.learn()
    stored = "Root" in target.outputs
    uploaded = _uploaded(target, contents) if stored else {}
    former = history.current(target.s3, target.layout) if stored else None
    before = release.find(target.s3, target.layout, former.release).files if former else {}
    after = contents.release.files
    return Plan(
        environment=target.environment.name,
        running=former,
        release=contents.release.sha,
        stacks=[_stack(target, name, uploaded) for name in target.order.names],
        files=compare(before, after),
    )


def compare(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """What became of each file whose digest is not the same."""
    return {
        name: "removed" if name not in after else CHANGED if name in before else NEW
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }


def _uploaded(target: Target, contents: Contents) -> dict[str, str]:
    found = target.code_key(contents)
    try:
        installed = target.installed(contents)
    except ToolError:  # of an environment that is half made
        return {**found, **dict.fromkeys(VERSIONS, NOT_KNOWN_YET)}
    for parameter, (name, content) in installed.items():
        found[parameter] = target.airflow.version(name, content) or NOT_KNOWN_YET
    return found


def _stack(target: Target, name: str, uploaded: dict[str, str]) -> StackPlan:
    template, found = target.templates[name], target.stacks.find(name)
    if found is None or found.status in DEAD:
        new = [Change(action="Add", resource=key, type=each["Type"]) for key, each in template.resources.items()]
        return StackPlan(template=name, what=NEW, changes=new)
    changes = target.stacks.changes(template, target.values(template, uploaded))
    return StackPlan(template=name, what=SAME if changes is None else CHANGED, changes=changes or [])


def tables(found: Plan) -> list[Table]:
    """The plan for people: stacks, then files of the release."""
    stacks = Table(title=f"{found.environment}: stacks", title_justify="left")
    for column in ("stack", "", "resource", "type", "replaced"):
        stacks.add_column(column, overflow="fold")
    for each in found.stacks:
        rows = each.changes or [Change(action="", resource="", type="")]
        for number, row in enumerate(rows):
            first = number == 0
            action = row.action or each.what
            stacks.add_row(
                each.template if first else "", action, row.resource, row.type.removeprefix("AWS::"), row.replacement
            )
    before = found.running.release if found.running else "nothing"
    title = f"release {before} -> {found.release}" if before != found.release else f"release {before}, unchanged"
    files = Table(title=title, title_justify="left")
    for column in ("file", ""):
        files.add_column(column, overflow="fold")
    for name, what in found.files.items():
        files.add_row(name, what)
    return [stacks, files] if found.files else [stacks, Table(title=title, title_justify="left")]
