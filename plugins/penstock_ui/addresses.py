"""Every address of the pages, and those of Airflow's own that they lead to, each written once."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from airflow.configuration import conf

PREFIX = "/penstock"
RUN = "/runs/{dag_id}/{run_id}"
REPORT = f"{RUN}/report"
REPORT_JSON = f"{RUN}/run.json"
LOG = f"{RUN}/log"
MODELS = "/models"
ROLLBACK = "/models/rollback"
STARTED = "/models/rollback/started"
REPORT_TAB = "/runs/{DAG_ID}/{RUN_ID}/report"
"""With the placeholders that Airflow's UI fills in, each encoded."""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%238a94a3' "
    "stroke-width='2' stroke-linecap='round' stroke-linejoin='round'%3E{}%3C/svg%3E"
)
REPORT_ICON = _ICON.format("%3Cpath d='M6 2h9l4 4v16H6zM10 17v-4M13 17V9M16 17v-6'/%3E")
MODELS_ICON = _ICON.format("%3Cpath d='M12 2l9 5v10l-9 5-9-5V7zM3 7l9 5 9-5M12 12v10'/%3E")


def base() -> str:
    """The path below which this Airflow is served, without a slash at its end; empty for a server of its own."""
    return urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")


def inside(path: str) -> str:
    """One of the pages."""
    return f"{base()}{PREFIX}{path}"


def report(dag_id: str, run_id: str) -> str:
    """The report of a run."""
    return inside(REPORT.format(**_encoded(dag_id, run_id)))


def driver_log(dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> str:
    """The log of the job that a task ran."""
    where = {"task_id": task_id} | ({"map_index": map_index} if map_index >= 0 else {})
    return f"{inside(LOG.format(**_encoded(dag_id, run_id)))}?{urlencode(where)}"


def model(name: str) -> str:
    """A model among the models."""
    return f"{inside(MODELS)}#{quote(name, safe='')}"


def rollback(name: str, version: str) -> str:
    """The form that makes a version champion; an empty one stands for the champion before this one."""
    return f"{inside(ROLLBACK)}?{urlencode({'model': name, 'version': version})}"


def started(run_id: str) -> str:
    """What became of a rollback."""
    return f"{inside(STARTED)}?{urlencode({'run_id': run_id})}"


def dag_run(dag_id: str, run_id: str) -> str:
    """Airflow's page of a run."""
    return f"{base()}/dags/{{dag_id}}/runs/{{run_id}}".format(**_encoded(dag_id, run_id))


def mlflow_version(tracking_uri: str, name: str, version: str) -> str:
    """MLflow's page of a version; the models' page where MLflow has none, as in SageMaker."""
    if not tracking_uri.startswith(("http://", "https://")):
        return model(name)
    return f"{tracking_uri.rstrip('/')}/#/models/{quote(name, safe='')}/versions/{quote(version, safe='')}"


def _encoded(dag_id: str, run_id: str) -> dict[str, str]:
    return {"dag_id": quote(dag_id, safe=""), "run_id": quote(run_id, safe="")}
