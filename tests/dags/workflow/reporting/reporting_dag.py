"""A DAG with a failure, a skip and a mapped task, whose last task writes the report; as a program, it runs.

The program takes the run's folder, the connection's name and where its answer goes.
"""

import json
import sys
from pathlib import Path

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from penstock.layout import Run
from workflow.reporting.task import publish, write_report

RUN_URI, CONNECTION, ANSWER = [*sys.argv[1:], "", "", ""][:3]
AWS = {"aws_conn_id": CONNECTION, "region_name": "us-east-1"}

with DAG(dag_id="reporting", params={"rows": Param(10, type="integer")}) as dag:

    @task
    def first() -> int:
        """Succeeds."""
        return 1

    @task
    def many(number: int) -> int:
        """Succeeds twice."""
        return number

    @task
    def skip() -> None:
        """Has nothing to do."""
        raise AirflowSkipException

    @task
    def fail() -> None:
        """Fails."""
        raise ValueError("as it should")

    @task
    def midway() -> str:
        """Writes what is known so far."""
        return publish(get_current_context(), Run(f"{RUN_URI}-midway"), [], AWS)

    @task
    def after() -> None:
        """Never runs."""

    failed = fail()
    report = write_report(run_uri=RUN_URI, models=["income"], aws=AWS).as_teardown()
    first() >> midway() >> [many.expand(number=[1, 2]), skip(), failed] >> after() >> report


def main() -> None:
    """Run it and tell what Airflow calls the run and each task."""
    done = dag.test(run_conf={"rows": 12})
    states = {f"{each.task_id}:{each.map_index}": each.state for each in done.get_task_instances()}
    told = done.get_task_instance("write_report").xcom_pull(task_ids="write_report")
    answer = {"state": done.state, "run_id": done.run_id, "states": states, "told": told}
    Path(ANSWER).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
