"""The data check as a Glue task."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from penstock.jobs import CheckTableArgs
from workflow.champions import first_checks
from workflow.glue import run_glue_job

if TYPE_CHECKING:
    from workflow.checking.spec import Checks
    from workflow.flow import Flow
    from workflow.operators.glue import GlueRunOperator

CHECK = "check_data"


def check_data(flow: Flow[Any], table: str, columns: Sequence[str], **rows: Any) -> GlueRunOperator:
    """Hold a clean table to its expectations, and compare these columns with the champion's; `rows` say which rows."""
    return run_glue_job(flow, CHECK, check_args(flow, table, columns, **rows))


def check_args(flow: Flow[Any], table: str, columns: Sequence[str], **rows: Any) -> CheckTableArgs:
    """The check's arguments, as templates; `columns` are compared with the champion's, `rows` say of which rows."""
    checks: Checks = flow.spec.checks
    return CheckTableArgs(
        table_uri=flow.run.table(table),
        table_name=table,
        expectations=json.dumps([each.model_dump(mode="json") for each in checks.expectations]),
        columns=json.dumps(columns),
        passed_uri=flow.run.checked(table),
        quarantine_uri=flow.run.check_quarantine,
        report_uri=flow.run.checks_report,
        reference_uri=first_checks(),
        max_bad_ratio=checks.max_bad_ratio,
        drift_warn=checks.drift.warn,
        drift_fail=checks.drift.fail or 0.0,
        schema_drift=checks.drift.schema_change.value,
        code_sha=flow.deployment.code_sha,
        **rows,
    )
