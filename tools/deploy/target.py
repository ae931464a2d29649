"""One environment in one account: its templates in their order, its stacks, its buckets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from penstock.layout import Layout, split_uri
from tools.deploy import environment as environments
from tools.deploy import templates as all_templates
from tools.deploy.airflow import Bucket, with_document
from tools.deploy.document import deployment
from tools.deploy.stacks import Stacks
from tools.errors import ToolError
from tools.package.build import PLUGINS_ZIP, REQUIREMENTS, SERVING_ZIP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.deploy.environment import Environment
    from tools.deploy.events import Listener
    from tools.deploy.release import Contents
    from tools.deploy.templates import Order, Template

VERSIONS = {"PluginsVersion": PLUGINS_ZIP, "RequirementsVersion": REQUIREMENTS}
"""Parameters of infra/airflow.yaml: S3 versions of objects in MWAA's bucket."""
CODE_KEY = "CodeKey"
"""Parameter of infra/serving.yaml: the key of Lambda's archive."""
UPLOADED = frozenset({*VERSIONS, CODE_KEY})
"""What a stack can take only when a release has been stored."""


@dataclass(kw_only=True)
class Target:
    """Where something is deployed."""

    environment: Environment
    s3: Any
    stacks: Stacks
    templates: dict[str, Template]
    order: Order
    by: str
    """The ARN of who deploys."""
    outputs: dict[str, str] = field(default_factory=dict)
    """What is brought, and what the stacks put out that are there."""

    def learn(self) -> None:
        """Ask the stacks that are there what they put out."""
        for name in self.order.names:
            found = self.stacks.find(name)
            if found is not None:
                self.outputs |= found.outputs

    @property
    def layout(self) -> Layout:
        """Of the bucket for data and code; raises ToolError before there is one."""
        return Layout(self.need("Root"))

    @property
    def airflow(self) -> Bucket:
        """MWAA's bucket; raises ToolError before there is one."""
        return Bucket(s3=self.s3, name=self.need("AirflowBucketName"))

    def need(self, output: str) -> str:
        """An output; raises ToolError if there is none."""
        if output not in self.outputs:
            raise ToolError(f"No stack of {self.environment.name} puts out {output} yet: deploy the environment first")
        return self.outputs[output]

    def values(self, template: Template, uploaded: Mapping[str, str]) -> dict[str, str]:
        """A stack's parameters: what is known by their names, then what the environment's file says."""
        known = {**self.outputs, **uploaded, "Deployment": self.environment.name}
        found = {key: value for key, value in known.items() if key in template.parameters and value}
        return {**found, **self.environment.values_of(template.name)}

    def code_key(self, contents: Contents) -> dict[str, str]:
        """Where Lambda's archive lies in the bucket, if the release has one."""
        if SERVING_ZIP not in contents.files:
            return {}
        return {CODE_KEY: split_uri(contents.release.place(SERVING_ZIP, self.layout))[1]}

    def installed(self, contents: Contents) -> dict[str, tuple[str, bytes]]:
        """By parameter: key and content of what MWAA installs; raises ToolError before the stacks it speaks of."""
        found = {}
        for parameter, name in VERSIONS.items():
            if (content := contents.read(name)) is not None:
                if name == PLUGINS_ZIP:
                    content = with_document(content, deployment(self.environment, self.outputs, contents.release))
                found[parameter] = (name, content)
        return found

    @cached_property
    def takers(self) -> frozenset[str]:
        """Templates that take something of a release."""
        return frozenset(name for name, each in self.templates.items() if UPLOADED & set(each.parameters))


def target(environment: Environment, *, infra: Path, session: Any, listener: Listener, poll_seconds: float) -> Target:
    """Meet AWS; raises ToolError if the credentials are another account's."""
    every = all_templates.load(infra)
    environments.check(environment, every)
    chosen = {name: each for name, each in every.items() if name not in environment.without}
    settled = {key for name in chosen for key in environment.values_of(name)}
    given = {"Deployment", *UPLOADED, *environment.given, *settled}
    caller = session.client("sts").get_caller_identity()
    if environment.account and caller["Account"] != environment.account:
        raise ToolError(
            f"The credentials are of account {caller['Account']} ({caller['Arn']}); "
            f"{environments.FOLDER}/{environment.name}.yaml says {environment.account}"
        )
    cloud = session.client("cloudformation")
    return Target(
        environment=environment,
        s3=session.client("s3"),
        stacks=Stacks(
            cloud, environment.name, listener, poll_seconds=poll_seconds, role=environment.cloudformation_role
        ),
        templates=chosen,
        order=all_templates.order(chosen, given, last=UPLOADED),
        by=caller["Arn"],
        outputs=environment.given_values,
    )
