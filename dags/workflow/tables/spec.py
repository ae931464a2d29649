"""What may be decided about the tables of a workflow, as frozen models of its YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflow.values import Values

TableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""Short enough for a staging table's suffix within the 63 bytes that PostgreSQL keeps of a name."""


class Tables(Values):
    """Names of tables in the deployment's database."""

    recommendations: TableName = "recommendations"
    """Of the scores, replaced whole by every promoted run."""
