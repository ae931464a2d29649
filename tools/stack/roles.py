"""Who signs while the local AWS records calls: Airflow, jobs and the service by roles, tools by the owner's keys."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from tools.stack.aws import EMR_INSTANCE_PROFILE, EMR_SERVERLESS_ROLE, GLUE_ROLE

if TYPE_CHECKING:
    from tools.credentials import Credentials
    from tools.settings import Settings

AIRFLOW_ROLE, SERVING_ROLE = "penstock-airflow", "penstock-serving"
ROLES = (AIRFLOW_ROLE, EMR_INSTANCE_PROFILE, EMR_SERVERLESS_ROLE, GLUE_ROLE, SERVING_ROLE)


def signing_as(role: str, settings: Settings, credentials: Credentials) -> Credentials:
    """The stack's credentials with a role's keys instead of the owner's, if calls are recorded."""
    return _keys(role, credentials) if settings.aws_record else credentials


def role_keys(credentials: Credentials) -> str:
    """The keys of every role, as the local AWS takes them."""
    found = {role: _keys(role, credentials) for role in ROLES}
    return " ".join(f"{role}={each.aws_access_key_id}:{each.aws_secret_access_key}" for role, each in found.items())


def _keys(role: str, credentials: Credentials) -> Credentials:
    """Derived from the owner's secret, so that there is nothing more to keep."""
    digest = hmac.new(credentials.aws_secret_access_key.encode(), role.encode(), hashlib.sha256).hexdigest()
    return replace(credentials, aws_access_key_id=f"PENSTOCK{digest[:12].upper()}", aws_secret_access_key=digest[12:52])
