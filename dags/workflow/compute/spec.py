"""Where a workflow's Spark jobs run, as frozen models of its YAML."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from workflow.values import Cell, Values


class NodeGroup(Values):
    """One instance group of the cluster."""

    instance_type: str = Field(pattern=r"^[a-z0-9-]+\.[a-z0-9]+$")
    """Such as m7g.xlarge; outdated and burstable ones are refused."""
    count: int = Field(ge=1, le=2_000)
    """Instances of the group."""
    market: Literal["on_demand", "spot"] = "on_demand"
    """Spot costs less and may be taken away: for task nodes."""


class BootstrapAction(Values):
    """A script of the code bundle that every node runs before Spark starts."""

    name: Cell
    """As EMR shows it."""
    path: Cell
    """The script's path in the repository, such as bootstrap/packages.sh."""
    args: list[str] = Field(default_factory=list)
    """The script's arguments."""


class Cluster(Values):
    """The EMR cluster, apart from what the deployment decides (roles, subnets, bucket)."""

    release_label: str = Field(pattern=r"^emr-\d+\.\d+\.\d+$")
    """EMR's release, which brings its Spark: 7.13.0 has 3.5.6."""
    applications: list[Cell] = Field(default_factory=list)
    """EMR's, beside Spark."""
    primary: NodeGroup
    core: NodeGroup
    task: NodeGroup | None = None
    idle_minutes: int = Field(ge=1, le=10_080)
    budget_usd: float | None = Field(default=None, gt=0)
    waive: list[Literal["outdated_instance", "spot_primary_or_core", "public_subnet"]] = Field(default_factory=list)
    """Rules that the request is not held to."""
    step_concurrency: int = Field(ge=1, le=256)
    """Steps that run at once, such as models that are trained side by side."""
    configurations: dict[str, dict[str, str]] = Field(default_factory=dict)
    """EMR's classifications: name to settings, such as spark-defaults."""
    bootstrap_actions: list[BootstrapAction] = Field(default_factory=list)
    environment: Literal["archive", "bootstrap"] = "archive"
    """How the deployment's Spark environment, if it has one, comes to jobs: with each, or to the nodes once."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Beside Penstock's own, such as a cost centre."""


class ExistingCluster(Values):
    """A long-running cluster that the workflow uses and never terminates: by name, tags or both."""

    name: Cell | None = None
    """Of the cluster."""
    tags: dict[str, str] = Field(default_factory=dict)
    """That the cluster has, all of them."""

    @model_validator(mode="after")
    def _is_named(self) -> ExistingCluster:
        if not self.name and not self.tags:
            raise ValueError("name or tags: one of them says which cluster is meant")
        return self


class Serverless(Values):
    """The EMR Serverless application, apart from what the deployment decides."""

    release_label: str = Field(pattern=r"^emr-\d+\.\d+\.\d+$")
    """EMR's release, which brings its Spark: 7.13.0 has 3.5.6."""
    architecture: Literal["ARM64", "X86_64"] = "X86_64"
    """Of the application's machines."""
    max_vcpu: int = Field(ge=1, le=5_000)
    """Most CPUs of the application at any time."""
    max_memory_gb: int = Field(ge=1, le=40_000)
    """Most memory of the application at any time."""
    idle_minutes: int = Field(default=15, ge=1, le=10_080)
    """After which the application stops by itself."""


class Compute(Values):
    """The part of a workflow's values that says where its Spark jobs run: exactly one of the three blocks."""

    cluster: Cluster | None = None
    existing_cluster: ExistingCluster | None = None
    serverless: Serverless | None = None
    spark_conf: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_compute(self) -> Self:
        choices = {
            "cluster": self.cluster,
            "existing_cluster": self.existing_cluster,
            "serverless": self.serverless,
        }
        given = [name for name, value in choices.items() if value]
        if len(given) != 1:
            got = " and ".join(given) or "none of them"
            raise ValueError(f"got {got}; give one of {', '.join(choices)}: it says where the Spark jobs run")
        return self

    @property
    def cluster_of_run(self) -> Cluster:
        """The cluster to create; raises ValueError if the spec has its jobs run elsewhere."""
        if not self.cluster:
            raise ValueError("the spec names no cluster to create")
        return self.cluster
