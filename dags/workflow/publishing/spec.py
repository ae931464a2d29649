"""What may be decided about serving a model, as frozen models of its YAML."""

from __future__ import annotations

from pydantic import Field

from workflow.values import Values


class Canary(Values):
    """The users who are asked for first, and what their recommendations must be."""

    users: int = Field(default=20, ge=1, le=1_000)
    """A seeded sample of those that were scored."""
    seed: int = 42
    n: int = Field(default=10, ge=1, le=100)
    """Recommendations for each of them; fewer if fewer were scored."""
    min_agreement: float = Field(default=0.99, ge=0, le=1)
    """The least share of recommendations that must be the scores', up to ties."""
    max_same_list: float = Field(default=0.5, ge=0, le=1)
    """The largest share of the users who may all get one list, unless the scores give them one list as well."""


class Serving(Values):
    """How the scored model is served; which services do is the deployment's to say."""

    canary: Canary = Field(default_factory=Canary)
