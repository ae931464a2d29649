"""Where a release comes from: this checkout, or the environment that has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from penstock.layout import Layout
from tools import bundle, packages
from tools.deploy import environment as environments
from tools.deploy import history, release
from tools.deploy.progress import say
from tools.deploy.stacks import Stacks
from tools.environment.build import build_environment
from tools.environment.recipe import Form, Recipe, find_wheels
from tools.errors import ToolError
from tools.package import build_packages
from tools.settings import REPOSITORY, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.deploy.environment import Environment
    from tools.deploy.release import Contents


def built(environment: Environment, into: Path) -> Contents:
    """A release of this checkout."""
    home = Settings.from_environment().home
    return release.build(
        REPOSITORY,
        into,
        bundle=bundle.build_bundle(REPOSITORY),
        packages=packages.wanted(home, _architecture(environment)),
        spark_environment=spark_environment(environment, home),
        pack=pack,
    )


def spark_environment(environment: Environment, home: Path, repository: Path = REPOSITORY) -> Path | None:
    """The archive of the packages of Spark's jobs, made unless this machine has it; None if there is to be none.

    Raises ToolError for a lock or wheels that do not work.
    """
    if environment.spark_environment == "none":
        return None
    wheels = environment.spark_wheels
    recipe = Recipe(
        form=Form(environment.spark_environment),
        architecture=_architecture(environment),
        wheels=find_wheels(repository / wheels) if wheels else (),
        repository=repository,
    )
    return build_environment(recipe, home, tell=say).path


def pack(repository: Path, into: Path) -> Mapping[str, Path]:
    """What Airflow and Lambda take, without a deployment's document: one release is for every environment."""
    made = build_packages(repository, into / "package")
    return {each.path.name: each.path for each in made.files}


def promoted(environment: Environment, folder: Path, into: Path) -> Contents:
    """The release that the environment before this one runs; raises ToolError if that runs none."""
    source = environments.load(environment.promotes_from, folder)
    session = boto3.Session(region_name=source.region)
    s3 = session.client("s3")
    layout = Layout(environment.source_root or _root(source, session.client("cloudformation")))
    running = history.current(s3, layout)
    if running is None:
        raise ToolError(f"{source.name} runs no release yet: {layout.current_deployment} is not there")
    return release.fetch(s3, release.find(s3, layout, running.release), layout, into)


def _architecture(environment: Environment) -> packages.Architecture:
    return packages.Architecture[environment.architecture.upper()]


def _root(source: Environment, cloud: object) -> str:
    """Where an environment of the same account keeps what it has."""
    found = Stacks(cloud, source.name, lambda event: None).find("storage")
    root = source.given_values.get("Root") or (found.outputs.get("Root") if found else None)
    if not root:
        raise ToolError(
            f"{source.name} has no stack that puts out Root. If it is in another account: `source_root:` says where"
        )
    return root
