"""The page of the settings: environment variables of the local stack."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from tools.docs.markdown import code, page, section, table
from tools.settings import REPOSITORY, Settings

INTRO = (
    "What environment variables say. Those of the real-time service are in [Serving](../serving.md#settings); what a "
    "workflow does is in its [spec](specs.md), and what a platform decides in the [deployment](deployment.md)."
)
DEPLOYMENT = "`PENSTOCK_DEPLOYMENT` names the [deployment](deployment.md) that DAGs are parsed for; `make up` sets it."


def settings_page() -> str:
    """Variables, defaults and meanings."""
    rows = [(code(each.metadata["variable"]), _shown(each.default), each.metadata["doc"]) for each in fields(Settings)]
    return page(
        "Settings",
        INTRO,
        section("The local stack", table(("variable", "default", "meaning"), rows)),
        section("Airflow", DEPLOYMENT),
    )


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return code(default.relative_to(REPOSITORY))
    return "none" if default is None else code(default)
