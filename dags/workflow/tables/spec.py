"""What may be decided about the tables of a workflow, as frozen models of its YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflow.values import Values

_NAME = "[a-z][a-z0-9_]{0,39}"
TableName = Annotated[str, Field(pattern=f"^{_NAME}$")]
"""Short enough for a staging table's suffix within the 63 bytes that PostgreSQL keeps of a name."""
OPTIONAL_TABLE = f"^({_NAME})?$"
"""The same for a form, where no name is no table."""


class Tables(Values):
    """Names of tables in the deployment's database."""

    recommendations: TableName = "recommendations"
    """Of the scores, replaced whole by every promoted run."""
