"""Bring an environment to a release: stacks, upload, switch, record; each step can be repeated.

The order is what makes it safe for runs that are under way: code under its own hash first, which nothing reads yet;
then what Airflow installs; then DAG files; `deployment.json` last, in one put.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.deploy import history, release
from tools.deploy.airflow import DEPLOYMENT
from tools.deploy.document import deployment
from tools.errors import ToolError
from tools.package.build import DAGS_ZIP

if TYPE_CHECKING:
    from collections.abc import Collection

    from tools.deploy.history import Deployed
    from tools.deploy.release import Contents
    from tools.deploy.target import Target


@dataclass(kw_only=True)
class Outcome:
    """What was done."""

    deployed: Deployed
    objects: int
    """Of the release, that were not in the bucket yet."""
    dags: list[str] = field(default_factory=list)
    """Keys that were put."""
    removed: list[str] = field(default_factory=list)


def apply(target: Target, contents: Contents, *, how: str, stacks: Collection[str] | None = None) -> Outcome:
    """Make or change the stacks, all if none are named, and switch to the release.

    Raises ToolError; what is done by then is found done when it is repeated.
    """
    target.learn()
    uploaded: dict[str, str] = {}
    objects = -1
    for name in _chosen(target, stacks):
        if objects < 0 and name in target.takers:
            objects, uploaded = _upload(target, contents)
        _put(target, name, uploaded)
    if objects < 0:
        objects, uploaded = _upload(target, contents)
    for name in target.order.again if stacks is None else ():
        _put(target, name, uploaded)
    return _switch(target, contents, how, objects)


def _chosen(target: Target, stacks: Collection[str] | None) -> list[str]:
    return [name for name in target.order.names if stacks is None or name in stacks]


def _put(target: Target, name: str, uploaded: dict[str, str]) -> None:
    template = target.templates[name]
    target.outputs |= target.stacks.put(template, target.values(template, uploaded)).outputs


def _upload(target: Target, contents: Contents) -> tuple[int, dict[str, str]]:
    """Store the release, and what Airflow installs; the parameters by which stacks are told."""
    objects = release.store(target.s3, contents, target.layout)
    uploaded = target.code_key(contents)
    for parameter, (name, content) in target.installed(contents).items():
        uploaded[parameter] = target.airflow.put(name, content)
    if "airflow" in target.templates and target.stacks.find("airflow") is None:
        _put_dags(target, contents)  # MWAA wants dags/ to be there; nobody reads it yet
    return objects, uploaded


def _put_dags(target: Target, contents: Contents) -> list[str]:
    dags = contents.read(DAGS_ZIP)
    return [] if dags is None else target.airflow.put_dags(dags)


def _switch(target: Target, contents: Contents, how: str, objects: int) -> Outcome:
    made = contents.release
    document = deployment(target.environment, target.outputs, made)
    former = history.current(target.s3, target.layout)
    put = _put_dags(target, contents)
    target.airflow.put(DEPLOYMENT, document.to_json().encode())
    dags = contents.read(DAGS_ZIP)
    gone = [] if dags is None else target.airflow.gone(dags)
    target.airflow.remove(gone)
    done = history.Deployed(
        release=made.sha,
        code_sha=made.code_sha,
        packages_sha=made.packages_sha,
        environment_sha=made.environment_sha,
        commit=made.commit,
        at=history.now(),
        by=target.by,
        how=how,
        former=former.release if former else "",
    )
    history.record(target.s3, target.layout, done)
    return Outcome(deployed=done, objects=objects, dags=put, removed=gone)


def running(target: Target) -> Deployed:
    """What is in force; raises ToolError if nothing is."""
    found = history.current(target.s3, target.layout)
    if found is None:
        raise ToolError(
            f"{target.environment.name} has not been deployed yet: {target.layout.current_deployment} is not there"
        )
    return found
