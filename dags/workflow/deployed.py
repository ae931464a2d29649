"""What every workflow is: its values, in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from penstock.deployment import Deployment
from workflow.spec_file import load_spec
from workflow.values import Values

S = TypeVar("S", bound=Values)

RETRIES: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": 8}}
"""botocore's configuration: what is throttled or answered by a 5xx is asked again, for about 35 s."""


@dataclass(frozen=True, kw_only=True)
class Deployed(Generic[S]):
    """The values of one DAG file and where it runs."""

    values: ClassVar[type[Values]]
    """The model of the YAML."""

    dag_id: str
    spec: S
    deployment: Deployment

    @classmethod
    def load(cls, dag_file: str, **more: Any) -> Self:
        """The workflow of a DAG file, from the YAML of the same name; raises SpecError or DeploymentError.

        `more` are the fields that a kind of workflow has beyond these.
        """
        path = Path(dag_file)
        spec: Any = load_spec(path.parent / "specs" / f"{path.stem}.yaml", cls.values)
        return cls(dag_id=path.stem, spec=spec, deployment=Deployment.load(), **more)

    @property
    def aws(self) -> dict[str, Any]:
        """How the provider's hooks reach AWS; endpoint and credentials are the connection's."""
        return {"aws_conn_id": self.deployment.aws_conn_id, "region_name": self.deployment.region}
