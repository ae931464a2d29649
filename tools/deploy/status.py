"""Where an environment stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from tools.deploy import history

if TYPE_CHECKING:
    from tools.deploy.target import Target


def tables(target: Target) -> list[Table]:
    """Its stacks, and its deployments, the newest first."""
    target.learn()
    stacks = Table(title=f"{target.environment.name} in {target.environment.region}", title_justify="left")
    for column in ("stack", "status"):
        stacks.add_column(column, overflow="fold")
    for name in target.order.names:
        found = target.stacks.find(name)
        stacks.add_row(target.stacks.name(name), found.status if found else "not there")
    if "Root" not in target.outputs:
        return [stacks]
    former = Table(title="deployments", title_justify="left")
    for column in ("at", "release", "how", "by", "commit"):
        former.add_column(column, overflow="fold")
    for each in history.history(target.s3, target.layout):
        former.add_row(each.at, each.release, each.how, each.by, each.commit)
    return [stacks, former]
