"""AWS's policy evaluation, by @cloud-copilot/iam-simulate in Node.js."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NODE = Path(sys.executable).with_name("node")
ACCOUNT = "123456789012"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call, as IAM sees it."""

    action: str
    resource: str
    context: dict[str, str | list[str]] = field(default_factory=dict)


def decide(
    role: str,
    policies: list[dict[str, Any]],
    requests: list[Request],
    resource_policies: dict[str, dict[str, Any]] | None = None,
) -> list[str]:
    """`Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied` for each; raises if AWS knows no such call.

    Resources that have policies of their own, such as keys, are named with them.
    """
    question = {
        "account": ACCOUNT,
        "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session",
        "policies": [{"name": f"policy{number}", "policy": each} for number, each in enumerate(policies)],
        "resourcePolicies": resource_policies or {},
        "requests": [{"action": each.action, "resource": each.resource, "context": each.context} for each in requests],
    }
    done = subprocess.run(
        [str(NODE), "simulate.mjs"], cwd=HERE, input=json.dumps(question), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[str] = json.loads(done.stdout)
    return answers
