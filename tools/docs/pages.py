"""Every reference page that this interpreter can write, by its file in docs/reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.docs.documents import deployment_page, documents_page
from tools.docs.errors import errors_page
from tools.docs.jobs import jobs_page
from tools.docs.layout import layout_page
from tools.docs.metrics import metrics_page
from tools.docs.programs import make_page
from tools.docs.settings import settings_page
from tools.settings import REPOSITORY

FOLDER = REPOSITORY / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "deployment.md": deployment_page,
    "documents.md": documents_page,
    "errors.md": errors_page,
    "jobs.md": jobs_page,
    "layout.md": layout_page,
    "make.md": make_page,
    "metrics.md": metrics_page,
    "settings.md": settings_page,
}
"""Those of other environments: `programs.PROGRAMS`, and `workflow.reference` for the specs."""
