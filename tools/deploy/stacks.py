"""The stacks of one deployment: what they are, what would change, made, changed and removed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tools.deploy.events import Event, Followed, Listener, first_failure
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.deploy.templates import Template

DEAD = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"})
"""A stack that came about never: it can only be removed, and made anew.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
STUCK = "UPDATE_ROLLBACK_FAILED"
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"})
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
UNCHANGED = ("didn't contain changes", "No updates are to be performed")
"""How a change set that holds nothing says so, by https://repost.aws/knowledge-center/cloudformation-update-no-changes."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack that is there."""

    id: str
    status: str
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Whether CloudFormation is at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status not in DEAD


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource that would be made, changed or removed."""

    action: str
    resource: str
    type: str
    replacement: str = ""
    """`True` or `Conditional` where AWS would make a new one in its place, and what it holds is lost."""


class Stacks:
    """CloudFormation, for the stacks of one deployment."""

    def __init__(
        self, cloud: Any, deployment: str, listener: Listener, *, poll_seconds: float = 5.0, role: str = ""
    ) -> None:
        self._cloud, self._deployment, self._listener, self._poll = cloud, deployment, listener, poll_seconds
        self._role = {"RoleARN": role} if role else {}

    def name(self, template: str) -> str:
        """Of a template's stack, as infra/README.md has it."""
        return f"penstock-{self._deployment}-{template.replace('/', '-')}"

    def find(self, template: str) -> Stack | None:
        """The stack, or None if there is none."""
        return self._describe(self.name(template))

    def changes(self, template: Template, values: Mapping[str, str]) -> list[Change] | None:
        """What an update would do to a stack that is there, by a change set that is removed again; None for nothing.

        An empty list is a change that names no resource, such as one of an output or of a parameter's own text.
        """
        stack, name = self.name(template.name), f"plan-{time.time_ns()}"
        request = self._request(template, values)
        try:
            self._cloud.create_change_set(StackName=stack, ChangeSetName=name, ChangeSetType="UPDATE", **request)
        except ClientError as error:  # some answer here already, others when the change set is read
            if any(each in str(error) for each in UNCHANGED):
                return None
            raise
        try:
            return self._read_change_set(stack, name)
        finally:
            self._cloud.delete_change_set(StackName=stack, ChangeSetName=name)

    def put(self, template: Template, values: Mapping[str, str]) -> Stack:
        """Make the stack, or change it if it is there and not so; returns it when it is ready.

        Raises ToolError with the first failed resource's reason.
        """
        found = self._settled(template.name)
        if found is not None and found.status in DEAD:
            self.remove(template.name)
            found = None
        if found is not None and self.changes(template, values) is None:
            self._say(template.name, "UNCHANGED")
            return found
        request = self._request(template, values)
        tags = [{"Key": "penstock:deployment", "Value": self._deployment}]
        if found is None:
            # What is retained for good outlives no creation that failed, or its name would be taken at the next try.
            kind, options = self._cloud.create_stack, {"RetainExceptOnCreate": True}
        else:
            kind, options = self._cloud.update_stack, {}
        return self._run(template.name, lambda name: kind(StackName=name, Tags=tags, **request, **options)["StackId"])

    def remove(self, template: str) -> None:
        """Delete the stack, if it is there; what its template retains stays."""
        found = self.find(template)
        if found is None:
            return

        def delete(name: str) -> str:
            self._cloud.delete_stack(StackName=name, **self._role)
            return found.id

        self._run(template, delete)

    def retained(self, template: Template) -> list[tuple[str, str]]:
        """Type and id of what stays when the stack is deleted."""
        answer = self._cloud.describe_stack_resources(StackName=self.name(template.name))["StackResources"]
        kept = {key for key, each in template.resources.items() if each.get("DeletionPolicy") == "Retain"}
        return [
            (each["ResourceType"], each["PhysicalResourceId"])
            for each in answer
            if each.get("LogicalResourceId") in kept and each.get("PhysicalResourceId")
        ]

    def _run(self, template: str, start: Any) -> Stack:
        """Start something, tell its events as they come, return the stack at its end."""
        name = self.name(template)
        events = Followed(self._cloud, name)
        if self._describe(name) is not None:
            events.skip()
        try:
            stack_id = start(name)
        except ClientError as error:
            raise ToolError(
                f"CloudFormation refuses {name}: {error.response['Error'].get('Message', error)}"
            ) from error
        return self._followed(name, stack_id, events)

    def _followed(self, name: str, stack_id: str, events: Followed) -> Stack:
        while True:
            found = self._describe(name) or Stack(id=stack_id, status="DELETE_COMPLETE")
            for each in events.next(stack_id):
                self._listener(each)
            if not found.busy:
                break
            time.sleep(self._poll)
        if found.status not in GOOD:
            raise ToolError(
                f"{name} has failed ({found.status}): {first_failure(events.all)}. "
                "When that is mended, repeat the command: what is done is not done again."
            )
        return found

    def _settled(self, template: str) -> Stack | None:
        """The stack, after whatever someone else has begun with it has ended."""
        found = self.find(template)
        while found is not None and found.busy:
            self._say(template, found.status, "waiting for whoever has begun it")
            time.sleep(self._poll)
            found = self.find(template)
        if found is not None and found.status == STUCK:
            raise ToolError(
                f"{self.name(template)} is {STUCK}: a change failed, and so did its undoing. See its events, mend what "
                f"they name, then: aws cloudformation continue-update-rollback --stack-name {self.name(template)}"
            )
        return found

    def _say(self, template: str, status: str, reason: str = "") -> None:
        name = self.name(template)
        self._listener(Event(id="", stack=name, resource=name, type="", status=status, reason=reason))

    def _describe(self, name: str) -> Stack | None:
        try:
            (found,) = self._cloud.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}
        return Stack(id=found["StackId"], status=found["StackStatus"], outputs=outputs)

    def _request(self, template: Template, values: Mapping[str, str]) -> dict[str, Any]:
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(values.items())]
        return {"TemplateBody": template.text, "Parameters": parameters, "Capabilities": CAPABILITIES, **self._role}

    def _read_change_set(self, stack: str, name: str) -> list[Change] | None:
        while True:
            pages = self._cloud.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=name)
            answers = list(pages)
            if answers[0]["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                break
            time.sleep(min(self._poll, 1.0))
        if answers[0]["Status"] == "FAILED":
            reason = answers[0].get("StatusReason", "")
            if any(each in reason for each in UNCHANGED):
                return None
            raise ToolError(f"CloudFormation cannot plan a change of {stack}: {reason}")
        return [_change(each["ResourceChange"]) for page in answers for each in page.get("Changes", ())]


def _change(answer: dict[str, Any]) -> Change:
    replacement = answer.get("Replacement", "")
    return Change(
        action=answer["Action"],
        resource=answer["LogicalResourceId"],
        type=answer["ResourceType"],
        replacement=replacement if replacement in ("True", "Conditional") else "",
    )
