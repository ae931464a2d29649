"""Is the server of this container ready? `python -m tools.containers.health <program>`.

It runs every few seconds in every container, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

from tools.settings import HOST, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVING = "serving"
_SECONDS = 5
_REPORTED_AS: Mapping[str, str] = {
    "airflow-api-server": "metadatabase",
    "airflow-scheduler": "scheduler",
    "airflow-dag-processor": "dag_processor",
    "airflow-triggerer": "triggerer",
}
"""Programs by their name in Airflow's own health report, which the API server gives for all."""
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ready(program: str, settings: Settings) -> bool:
    """Whether it answers, and says that it is well; OSError if nobody answers, KeyError for an unknown program."""
    pages = {
        "local-aws": f"http://{HOST}:{settings.aws_port}/_local_aws/health",
        "mlflow": f"http://{HOST}:{settings.mlflow_port}/health",
        SERVING: f"http://{HOST}:{os.environ.get('PENSTOCK_SERVING_PORT', '8480')}/healthz",
    }
    if program in pages:
        _get(pages[program])
        return True
    part = _REPORTED_AS[program]
    report: dict[str, Any] = json.loads(_get(f"{settings.airflow_url}/api/v2/monitor/health"))
    return (report.get(part) or {}).get("status") == "healthy"


def _get(url: str) -> bytes:
    with _DIRECTLY.open(url, timeout=_SECONDS) as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    sys.exit(0 if ready(sys.argv[1], Settings.from_environment()) else 1)
