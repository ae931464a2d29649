"""Which of many failures is the one that a person must mend."""

from typing import Any

from tools.deploy.events import Event, Followed, first_failure


def event(number: int, resource: str, status: str, reason: str = "") -> dict[str, Any]:
    """As DescribeStackEvents answers; a reason is left out where there is none."""
    found = {
        "EventId": str(number),
        "StackName": "penstock-dev-network",
        "LogicalResourceId": resource,
        "ResourceType": f"AWS::EC2::{resource}",
        "ResourceStatus": status,
    }
    return {**found, "ResourceStatusReason": reason} if reason else found


# Of a stack whose VPC could not be made, as the user guide of CloudFormation describes its events.
HISTORY = [
    event(1, "Stack", "CREATE_IN_PROGRESS", "User Initiated"),
    event(2, "Vpc", "CREATE_IN_PROGRESS"),
    event(3, "FlowLogs", "CREATE_IN_PROGRESS"),
    event(4, "FlowLogs", "CREATE_FAILED", "Resource creation cancelled"),
    event(5, "Vpc", "CREATE_FAILED", "The maximum number of VPCs has been reached."),
    event(6, "Stack", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Vpc, FlowLogs]."),
    event(7, "Routes", "DELETE_FAILED", "has dependencies"),
]


class Cloud:
    """Answers pages of two, newest first."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "Cloud":
        assert operation == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - AWS's name
        newest = self.events[::-1]
        return [{"StackEvents": newest[start : start + 2]} for start in range(0, len(newest), 2)]


def test_the_first_that_failed_by_itself_is_named_with_its_reason() -> None:
    events = [Event.of(each) for each in HISTORY]
    assert first_failure(events) == "Vpc (AWS::EC2::Vpc): The maximum number of VPCs has been reached."
    assert first_failure(events[:4]) == "CloudFormation gives no reason; its console may"
    assert first_failure([]) == "CloudFormation gives no reason; its console may"


def test_events_come_once_and_in_their_order_and_not_those_of_an_earlier_try() -> None:
    cloud = Cloud()
    cloud.events = HISTORY[:3]
    followed = Followed(cloud, "penstock-dev-network")
    followed.skip()
    assert followed.next("id") == []
    cloud.events = HISTORY[:6]
    assert [each.id for each in followed.next("id")] == ["4", "5", "6"]
    cloud.events = HISTORY
    assert [each.id for each in followed.next("id")] == ["7"]
    assert [each.id for each in followed.all] == ["4", "5", "6", "7"]
