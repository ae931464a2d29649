"""Penstock in the Airflow UI: the report of a DAG run, the models, and the logs behind the tasks' links.

Every process of Airflow loads this file, but only the API server shows pages: the app is made with its first request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin

from penstock_ui import addresses

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Pages:
    """The pages as an ASGI app."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None:
            from penstock_ui.app import create_app  # noqa: PLC0415 - see above

            self._app = create_app()
        await self._app(scope, receive, send)


class PenstockPlugin(AirflowPlugin):
    """What Airflow reads of Penstock."""

    name = "penstock"
    fastapi_apps = [{"app": Pages(), "url_prefix": addresses.PREFIX, "name": "Penstock"}]  # noqa: RUF012 - as its base
    external_views = [  # noqa: RUF012
        {
            "name": "Report",
            "href": addresses.inside(addresses.REPORT_TAB),
            "destination": "dag_run",
            "url_route": "report",
            "icon": addresses.REPORT_ICON,
        },
        {
            "name": "Models",
            "href": addresses.inside(addresses.MODELS),
            "destination": "nav",
            "url_route": "models",
            "nav_top_level": True,
            "icon": addresses.MODELS_ICON,
        },
    ]
