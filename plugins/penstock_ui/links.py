"""Links from tasks: Airflow stores each when its task is over, and shows it on the task's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink
from airflow.sdk.execution_time.xcom import XCom

from penstock_ui import addresses

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

DRIVER_LOG = "penstock_driver_log"
"""The XCom in which an operator tells where its job's driver logs: `s3://...` or `cloudwatch:<group>#<stream>`."""


class DriverLogLink(BaseOperatorLink):
    """The log of the Spark or Glue job that the task ran."""

    @property
    def name(self) -> str:
        """See BaseOperatorLink."""
        return "Driver log"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Empty, and so not shown, for a task that started no job."""
        if not XCom.get_value(ti_key=ti_key, key=DRIVER_LOG):
            return ""
        return addresses.driver_log(ti_key.dag_id, ti_key.run_id, ti_key.task_id, ti_key.map_index)


class ReportLink(BaseOperatorLink):
    """The report of the task's run."""

    @property
    def name(self) -> str:
        """See BaseOperatorLink."""
        return "Report"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """The page says when the report comes, if there is none yet."""
        return addresses.report(ti_key.dag_id, ti_key.run_id)


class ModelVersionLink(BaseOperatorLink):
    """The version that a task has registered: a function of `model` and `tracking_uri` that returns the version."""

    @property
    def name(self) -> str:
        """See BaseOperatorLink."""
        return "MLflow version"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Empty, and so not shown, if nothing was registered."""
        version = XCom.get_value(ti_key=ti_key, key="return_value")
        given: dict[str, Any] = getattr(operator, "op_kwargs", {})
        return addresses.mlflow_version(given["tracking_uri"], given["model"], str(version)) if version else ""
