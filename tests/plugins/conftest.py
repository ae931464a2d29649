"""The library of the triggerer, in Airflow's environment and against the local AWS of the DAG tier."""

from tests.dags.conftest import _no_network
from tests.dags.workflow.conftest import _localhost, emr, fault, local_aws

__all__ = ["_localhost", "_no_network", "emr", "fault", "local_aws"]
