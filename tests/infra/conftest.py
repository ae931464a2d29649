"""Every stack, deployed on a local AWS that is a process of its own."""

import ast
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.infra.simulator import ACCOUNT
from tests.infra.stacks import GIVEN, ORDER, REPOSITORY, for_moto, parameters, template

PYTHON = os.environ.get("PENSTOCK_LOCAL_PYTHON", str(REPOSITORY / ".venv/local/bin/python"))
START_SECONDS = 240


@dataclass(kw_only=True)
class Deployed:
    """A local AWS with every stack on it."""

    connection: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)
    """By stack: the resource types that are there."""

    def client(self, service: str) -> Any:
        return boto3.client(service, config=Config(retries={"max_attempts": 0}, proxies={}), **self.connection)

    def deploy(self, name: str) -> None:
        cloud, stack = self.client("cloudformation"), name.replace("/", "-")
        given = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters(name, self.outputs).items()
        ]
        cloud.create_stack(StackName=stack, TemplateBody=json.dumps(for_moto(name)), Parameters=given)
        (found,) = cloud.describe_stacks(StackName=stack)["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE", (name, found)
        self.outputs |= {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        made = cloud.describe_stack_resources(StackName=stack)["StackResources"]
        self._attach(name)
        self.types[name] = {each["ResourceType"] for each in made if "ResourceType" in each}

    def _attach(self, name: str) -> None:
        """Give roles their managed policies, which moto's CloudFormation forgets."""
        resources = template(name)["Resources"]
        for each in (each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::Role"):
            wanted = each.get("ManagedPolicyArns", [])
            if isinstance(wanted, dict):  # by a condition that is false here
                wanted = wanted["Fn::If"][2]
            for arn in (self._arn(resources, policy["Ref"]) for policy in wanted):
                self.client("iam").attach_role_policy(RoleName=_name(each["RoleName"]), PolicyArn=arn)

    def _arn(self, resources: dict[str, Any], reference: str) -> str:
        if reference in self.outputs:
            return self.outputs[reference]
        return f"arn:aws:iam::{ACCOUNT}:policy/{_name(resources[reference]['Properties']['ManagedPolicyName'])}"

    def policies(self, role: str) -> list[dict[str, Any]]:
        """The documents of a role, inline and managed."""
        attached = self.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return self.inline(role) + [self.managed(each["PolicyArn"]) for each in attached]

    def key_policy(self) -> dict[str, Any]:
        """The policy of the deployment's key: without it, IAM's policies say nothing of a key."""
        found = self.client("kms").get_key_policy(KeyId=self.outputs["KeyArn"], PolicyName="default")
        return _document(found["Policy"])

    def inline(self, role: str) -> list[dict[str, Any]]:
        iam = self.client("iam")
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        return [_document(iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"]) for each in names]

    def managed(self, arn: str) -> dict[str, Any]:
        iam = self.client("iam")
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return _document(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _name(sub: dict[str, str]) -> str:
    return sub["Fn::Sub"].replace("${Deployment}", GIVEN["Deployment"])


def _document(answer: str | dict[str, Any]) -> dict[str, Any]:
    """moto answers documents that came by CloudFormation as Python would print them, and a key's as it is."""
    found: dict[str, Any] = ast.literal_eval(answer) if isinstance(answer, str) else answer
    return found


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    root = tmp_path_factory.mktemp("aws")
    state = root / "connection.json"
    argv = [PYTHON, "-m", "local_aws", "--root", str(root), "--state-file", str(state), "--no-warm-up"]
    process = subprocess.Popen([*argv, *_ports()], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        found = Deployed(connection=_wait(state, process))
        for each in ORDER:
            found.deploy(each)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _ports() -> list[str]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return ["--port", str(one.getsockname()[1]), "--s3-port", str(two.getsockname()[1])]


def _wait(state: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    deadline = time.monotonic() + START_SECONDS
    while not state.exists():
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline, f"the local AWS did not start within {START_SECONDS} s"
        time.sleep(0.05)
    connection: dict[str, str] = json.loads(state.read_text())
    connection.pop("s3_endpoint_url")
    return connection
