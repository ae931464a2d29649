"""Who may start, answer and promote: on Airflow's own API, with its database and its auth manager."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import DAG

from penstock.approval import Approval
from penstock.deployment import Deployment
from penstock.errors import PenstockError
from tests.plugins.penstock_ui import server
from workflow.approved import require_approval, reviewers
from workflow.operators.approval import ModelApprovalOperator
from workflow.recommender.flow import RecommenderFlow
from workflow.storage import write_document

from airflow.api_fastapi.app import create_app  # isort: skip - server.py has silenced what Airflow's imports warn of
from airflow.models.hitl import HITLDetail  # isort: skip
from airflow.models.taskinstance import TaskInstance  # isort: skip
from airflow.utils.session import create_session  # isort: skip
from sqlalchemy import select  # isort: skip

USERS = {"vera": "VIEWER", "olga": "USER", "anna": "USER"}
"""Who may look, who may start, and who may also answer: SimpleAuthManager has no role between the last two."""
APPROVAL = "s3://bucket/approval.json"
ANSWERED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).isoformat()


@pytest.fixture
def strict(deployment: Deployment) -> Deployment:
    return replace(deployment, approvers=["anna"])


def test_without_names_everything_is_as_airflow_has_it(deployment: Deployment) -> None:
    assert reviewers(deployment) is None
    require_approval(deployment, model="m", version="1", approval_uri=APPROVAL, aws={})


@pytest.fixture
def airflow() -> Iterator[Any]:
    """The whole API with a run of a DAG that waits for anna's answer."""
    server.start_database()
    server.publish(_asking())
    server.trigger_dag("asking", run_id="r", triggered_by=server.DagRunTriggeredByType.TEST)
    with create_session() as session:
        waiting = session.scalar(select(TaskInstance).where(TaskInstance.dag_id == "asking"))
        session.add(
            HITLDetail(
                ti_id=waiting.id,
                options=["Approve", "Reject"],
                subject="Promote m?",
                multiple=False,
                assignees=reviewers(Deployment.load()) or [{"id": "anna", "name": "anna"}],
            )
        )
    yield create_app(apps="core")
    server.retire("asking")


def test_a_viewer_starts_nothing_an_operator_starts_and_only_the_approver_answers(airflow: Any) -> None:
    start = ("POST", "/api/v2/dags/asking/dagRuns", {"logical_date": None})
    answer = (
        "PATCH",
        "/api/v2/dags/asking/dagRuns/r/taskInstances/approve_model/-1/hitlDetails",
        {"chosen_options": ["Approve"], "params_input": {}},
    )
    got = [(who, send(airflow, who, *what)) for what in (start, answer) for who in USERS]
    assert got == [("vera", 403), ("olga", 200), ("anna", 200), ("vera", 403), ("olga", 403), ("anna", 200)]


def send(app: Any, who: str, method: str, path: str, body: dict[str, Any]) -> int:
    async def go() -> int:
        user = server.SimpleAuthManagerUser(username=who, role=USERS[who])
        headers = {"Authorization": f"Bearer {server.get_auth_manager().generate_jwt(user)}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow", headers=headers) as client:
            return (await client.request(method, path, json=body)).status_code

    return asyncio.run(go())


def _asking() -> DAG:
    with DAG("asking", schedule=None) as dag:
        server.task(task_id="approve_model")(lambda: None)()
    return dag


def test_the_question_is_put_to_the_approvers(flow: RecommenderFlow, strict: Deployment) -> None:
    sources = next(iter(_sources(flow)))
    with DAG("strict"):
        asks = ModelApprovalOperator.of(replace(flow, deployment=strict), sources, mode="enabled")
    with DAG("free"):
        free = ModelApprovalOperator.of(flow, sources, mode="enabled")
    assert asks.assigned_users == [{"id": "anna", "name": "anna"}]
    assert free.assigned_users is None


def _sources(flow: RecommenderFlow) -> Iterator[Any]:
    from workflow.recommender.tasks import sources  # noqa: PLC0415

    return (sources(flow, name) for name in flow.spec.models)


@pytest.mark.parametrize(
    ("found", "got"),
    [
        (None, None),
        (Approval(approved=True, reviewer="anna", note="", answered_at=ANSWERED, version="1"), "version 1"),
        (Approval(approved=True, reviewer="anna", note="", answered_at=ANSWERED), "version unknown"),
        (Approval(approved=False, reviewer="anna", note="", answered_at=ANSWERED, version="2"), "no version"),
    ],
)
def test_nothing_is_promoted_without_a_yes_to_this_version(
    strict: Deployment, aws: dict[str, Any], found: Approval | None, got: str | None
) -> None:
    S3Hook(**aws).create_bucket("bucket")
    if found:
        write_document(found, APPROVAL, aws)
    with pytest.raises(PenstockError) as caught:
        require_approval(strict, model="m", version="2", approval_uri=APPROVAL, aws=aws)
    assert str(caught.value) == (
        f"m was not promoted: {APPROVAL} approves {got}, not 2, which was trained since. "
        "Clear approve_model and ask one of anna."
        if got
        else "m was not promoted: nobody has approved version 2, and this deployment wants a yes of one of anna. "
        "Clear approve_model and ask one of them; marking the task as successful is no approval."
    )


def test_a_yes_to_this_version_promotes(strict: Deployment, aws: dict[str, Any]) -> None:
    S3Hook(**aws).create_bucket("bucket")
    yes = Approval(approved=True, reviewer="anna", note="", answered_at=ANSWERED, version="2")
    write_document(yes, APPROVAL, aws)
    require_approval(strict, model="m", version="2", approval_uri=APPROVAL, aws=aws)
