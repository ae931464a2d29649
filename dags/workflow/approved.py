"""Who may say yes to a model, and whether one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from penstock.approval import Approval
from penstock.errors import PenstockError
from workflow.storage import read_document

if TYPE_CHECKING:
    from airflow.sdk.execution_time.hitl import HITLUser

    from penstock.deployment import Deployment


def reviewers(deployment: Deployment) -> list[HITLUser] | None:
    """The only users whose answer Airflow takes; None for whoever may answer."""
    return [{"id": each, "name": each} for each in deployment.approvers] or None


def require_approval(
    deployment: Deployment, *, model: str, version: str, approval_uri: str, aws: dict[str, Any]
) -> None:
    """Raise PenstockError where approvers are named and none has said yes to this very version.

    Who may start a run may also choose its `gate_mode`, and mark its tasks as successful: neither is a yes.
    """
    if not deployment.approvers:
        return
    names = ", ".join(deployment.approvers)
    try:
        found = read_document(Approval, approval_uri, aws)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            raise
        raise PenstockError(
            f"{model} was not promoted: nobody has approved version {version}, and this deployment wants a yes of "
            f"one of {names}. Clear approve_model and ask one of them; marking the task as successful is no approval."
        ) from error
    if not found.approved or found.version != version:
        got = f"version {found.version or 'unknown'}" if found.approved else "no version"
        raise PenstockError(
            f"{model} was not promoted: {approval_uri} approves {got}, not {version}, which was trained since. "
            f"Clear approve_model and ask one of {names}."
        )
