"""The shipped policies allow what the workflows were recorded to call, and of the rest each permission has a reason.

`make record-calls` writes tests/infra/calls/recorded.jsonl; tests/infra/calls/unused.yaml is written by hand.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.calls.control import mlflow_requests, requests
from tests.infra.calls.names import CLUSTER, role
from tests.infra.calls.objects import FOREIGN, hadoop_requests, of_object, s3_requests
from tests.infra.calls.policies import pairs, unused
from tests.infra.conftest import Deployed
from tests.infra.simulator import Request, decide

HERE = Path(__file__).parent / "calls"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (HERE / "recorded.jsonl").read_text().splitlines()]
UNUSED: dict[str, Any] = yaml.safe_load((HERE / "unused.yaml").read_text())
CALLERS = sorted({row["principal"] for row in ROWS})
ROLES = ("airflow", "emr", "node", "step", "serverless", "glue", "notebooks", "serving", "watch")


def asked(row: dict[str, Any], key_arn: str) -> Iterator[Request]:
    match row["service"]:
        case "s3":
            yield from s3_requests(row, key_arn)
        case "hadoop":
            yield from hadoop_requests(row, key_arn)
        case "mlflow":
            yield from mlflow_requests(row)
        case _:
            yield from requests(row)


def calls_of(name: str, deployed: Deployed) -> dict[str, Request]:
    """Everything that a role was recorded to need, each once."""
    found = (each for row in ROWS if row["principal"] == name for each in asked(row, deployed.outputs["KeyArn"]))
    return {repr(each): each for each in found}


def decisions(name: str, deployed: Deployed, wanted: list[Request]) -> dict[str, str]:
    if not wanted:
        return {}
    keys = {deployed.outputs["KeyArn"]: deployed.key_policy()}
    answers = decide(f"penstock-dev-{name}", deployed.policies(f"penstock-dev-{name}"), wanted, keys)
    return {repr(each): answer for each, answer in zip(wanted, answers, strict=True)}


@pytest.mark.parametrize("name", CALLERS)
def test_what_was_called_is_allowed(deployed: Deployed, name: str) -> None:
    wanted = calls_of(name, deployed)
    found = decisions(name, deployed, list(wanted.values()))
    assert {each for each, answer in found.items() if answer != "Allowed"} == set()
    assert len(found) > 1


@pytest.mark.parametrize("name", ROLES)
def test_each_permission_is_called_or_listed_with_its_reason(deployed: Deployed, name: str) -> None:
    policies = deployed.policies(f"penstock-dev-{name}")
    idle = unused(pairs(policies), calls_of(name, deployed).values())
    listed = [each for entry in UNUSED[name] for each in entry["permissions"]]
    assert sorted(listed) == sorted(idle)


def test_each_reason_is_a_sentence() -> None:
    reasons = [entry["reason"] for entries in UNUSED.values() for entry in entries]
    assert [each for each in reasons if len(each.split()) < 4 or not each.endswith(".")] == []
    assert set(UNUSED) == set(ROLES)


def test_nothing_is_appended_to_an_object() -> None:
    assert [row for row in ROWS if row["operation"] == "append"] == []


@pytest.mark.parametrize("name", CALLERS)
def test_no_object_of_a_foreign_bucket(deployed: Deployed, name: str) -> None:
    actions = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
    wanted = [each for arn in FOREIGN for action in actions for each in of_object(action, arn, "") if each.resource]
    found = decisions(name, deployed, wanted)
    assert set(found.values()) == {"ImplicitlyDenied"}
    assert len(found) == len(FOREIGN) * len(actions)


@pytest.mark.parametrize("name", CALLERS)
def test_what_was_called_on_a_tagged_cluster_is_denied_on_others(deployed: Deployed, name: str) -> None:
    own = "aws:ResourceTag/penstock:deployment"
    tagged = [each for each in calls_of(name, deployed).values() if each.context.get(own) == "dev"]
    for tags in ({}, {own: "prod"}):
        wanted = [
            Request(
                action=each.action, resource=each.resource, context={**_without(each.context, "ResourceTag"), **tags}
            )
            for each in tagged
        ]
        assert set(decisions(name, deployed, wanted).values()) <= {"ImplicitlyDenied"}
    assert name != "airflow" or {"elasticmapreduce:TerminateJobFlows", "elasticmapreduce:AddJobFlowSteps"} <= {
        each.action for each in tagged
    }


@pytest.mark.parametrize("name", ROLES)
def test_nobody_ends_a_cluster_without_the_tag(deployed: Deployed, name: str) -> None:
    wanted = [
        Request(action="elasticmapreduce:TerminateJobFlows", resource=f"{CLUSTER}j-1", context=context)
        for context in ({}, {"aws:ResourceTag/penstock:deployment": "prod"}, {"aws:ResourceTag/team": "ml"})
    ]
    assert set(decisions(name, deployed, wanted).values()) == {"ImplicitlyDenied"}


def test_no_caller_passes_the_role_of_airflow(deployed: Deployed) -> None:
    for name in CALLERS:
        context: dict[str, str | list[str]] = {"iam:PassedToService": "elasticmapreduce.amazonaws.com"}
        wanted = [Request(action="iam:PassRole", resource=role("airflow"), context=context)]
        assert set(decisions(name, deployed, wanted).values()) == {"ImplicitlyDenied"}


def _without(context: dict[str, Any], part: str) -> dict[str, Any]:
    return {name: value for name, value in context.items() if part not in name}
