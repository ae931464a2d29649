"""Server-rendered HTML: one style, one script of a few lines, and a policy that lets a browser run nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from penstock_ui import addresses

if TYPE_CHECKING:
    from penstock_ui.problem import Problem

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
SCRIPT = (TEMPLATES / "leave_frame.js").read_text(encoding="utf-8")


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
PAGE = {
    **PRIVATE,
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(SCRIPT)}; img-src data:; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
}
REPORT = {
    **PRIVATE,
    "Content-Security-Policy": (
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
    ),
}
"""A report is a file that a job wrote: it runs no script, loads nothing, and has an origin of its own."""

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of ours."""
    html = _ENVIRONMENT.get_template(template).render(style=STYLE, script=SCRIPT, to=addresses, **values)
    return HTMLResponse(html, status, headers=PAGE)


def problem_page(problem: Problem) -> HTMLResponse:
    """A sentence and what to do."""
    return page("problem.html", status=problem.status, problem=problem)
