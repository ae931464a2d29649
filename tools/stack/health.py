"""Is each server of the stack ready for work?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from tools.stack.programs import LOCAL_AWS, MLFLOW

if TYPE_CHECKING:
    from tools.settings import Settings

_REPORTED_AS = {
    "airflow-api-server": "metadatabase",
    "airflow-scheduler": "scheduler",
    "airflow-dag-processor": "dag_processor",
    "airflow-triggerer": "triggerer",
}
"""Programs by their name in Airflow's own health report, which one server gives for all."""


class Health:
    """Asks the servers, without proxies and without patience."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(timeout=5, trust_env=False)

    def ready(self) -> set[str]:
        """Names of the programs that are ready."""
        found = {LOCAL_AWS} if self._settings.aws_state_file.exists() else set()
        if self._get(f"{self._settings.mlflow_url}/health"):
            found.add(MLFLOW)
        response = self._get(f"{self._settings.airflow_url}/api/v2/monitor/health")
        report: dict[str, Any] = response.json() if response else {}
        return found | {name for name, key in _REPORTED_AS.items() if _healthy(report.get(key))}

    def _get(self, url: str) -> httpx.Response | None:
        try:
            response = self._http.get(url)
        except httpx.TransportError:
            return None
        return response if response.is_success else None


def _healthy(report: dict[str, Any] | None) -> bool:
    return report is not None and report.get("status") == "healthy"
