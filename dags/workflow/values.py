"""What every YAML beside a DAG is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Minutes = Annotated[int, Field(ge=1, le=10_080)]
Cell = Annotated[str, Field(min_length=1)]


class Values(BaseModel):
    """A mapping of the YAML: no unknown keys, no change afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)
