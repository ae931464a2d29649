"""The provider's EMR operators and sensors, unmodified, in every mode of waiting."""

from collections.abc import Callable

import pytest

from tests.clients.local_server import LocalAws, eventually
from tests.clients.provider.conftest import Run


@pytest.mark.parametrize(
    ("mode", "deferred", "rescheduled"),
    [
        ("sync", set(), set()),
        ("deferrable", {"create", "add", "bad", "terminate", "short_ended"}, set()),
        ("reschedule", set(), {"done", "bad", "short_ended"}),
    ],
)
def test_clusters_run_their_steps_and_end(
    aws: LocalAws, run_dag: Callable[[str, str], Run], mode: str, deferred: set[str], rescheduled: set[str]
) -> None:
    run = run_dag("emr", mode)
    assert run.failed() == {"bad"}
    assert (run.deferred, run.rescheduled) == (deferred, rescheduled)
    emr, cluster = aws.client("emr"), {"ClusterId": run.results["create"]}
    steps = emr.list_steps(**cluster)["Steps"]
    assert [(step["Name"], step["Status"]["State"]) for step in steps] == [("fails", "FAILED"), ("works", "COMPLETED")]
    assert [[step["Id"]] for step in steps] == [run.results["add_bad"], run.results["add"]]
    eventually(lambda: emr.describe_cluster(**cluster)["Cluster"]["Status"]["State"] == "TERMINATED")
    assert end(aws, run.results["create"]) == ("TERMINATED", "USER_REQUEST")
    assert end(aws, run.results["create_short"]) == ("TERMINATED", "ALL_STEPS_COMPLETED")


def end(aws: LocalAws, cluster_id: str) -> tuple[str, str]:
    status = aws.client("emr").describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]
    return status["State"], status["StateChangeReason"]["Code"]
