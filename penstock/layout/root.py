"""The S3 locations below one root."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.layout.addresses import split_uri
from penstock.layout.code import Code
from penstock.layout.run import Run
from penstock.layout.stream import Stream

PACKAGES = "packages"
"""The folder that workers find the models' packages in."""


@dataclass(frozen=True)
class Layout:
    """All locations below one root, `s3://bucket` or `s3://bucket/prefix`."""

    root: str

    def __post_init__(self) -> None:
        """Refuse a root that is no S3 location, and drop its trailing slash."""
        split_uri(self.root)
        object.__setattr__(self, "root", self.root.rstrip("/"))

    @property
    def logs(self) -> str:
        """EMR's LogUri."""
        return f"{self.root}/logs/"

    def code(self, sha: str) -> Code:
        """The bundle with this content hash."""
        return Code(f"{self.root}/code/{sha}")

    def packages(self, sha: str) -> str:
        """The archive of the models' packages with this content hash."""
        return f"{self.root}/packages/{sha}/models.zip"

    @property
    def releases(self) -> str:
        """The folder of all releases, each in a folder of its content hash."""
        return f"{self.root}/releases"

    def release(self, sha: str) -> str:
        """What Airflow and Lambda take of a release, and its manifest."""
        return f"{self.releases}/{sha}"

    @property
    def deployments(self) -> str:
        """The folder of who has deployed what and when, one document each."""
        return f"{self.root}/deployments"

    @property
    def current_deployment(self) -> str:
        """The document of the deployment that is in force."""
        return f"{self.deployments}/current.json"

    def environment(self, sha: str) -> str:
        """The archive of the Spark environment with this SHA-256."""
        return f"{self.root}/environments/{sha}/environment.tar.gz"

    def raw(self, dataset: str) -> str:
        """A dataset as it arrived."""
        return f"{self.root}/raw/{dataset}"

    def models(self, model: str) -> str:
        """The registered versions of a model, each in a folder that is written once."""
        return f"{self.root}/models/{model}"

    def bundle(self, model: str, version: str) -> str:
        """What the service loads of a registered version; `version` is the name of its folder below the model's."""
        return f"{self.all_bundles}/{model}/{version}"

    @property
    def all_bundles(self) -> str:
        """The folder of all bundles, each in `<model>/<version>`."""
        return f"{self.root}/bundles"

    def run(self, dag_id: str, run_key: str) -> Run:
        """One run; `run_key` is `run_key(run_id)`, or the template that renders to it."""
        return Run(f"{self.root}/runs/{dag_id}/{run_key}")

    def stream(self, dag_id: str) -> Stream:
        """What the stream of a workflow keeps from run to run."""
        return Stream(f"{self.root}/streams/{dag_id}")

    @property
    def runs(self) -> str:
        """The folder of all runs, each in `<dag_id>/<run>`."""
        return f"{self.root}/runs"

    @property
    def all_models(self) -> str:
        """The folder of all registered versions, each in `<model>/<version>`."""
        return f"{self.root}/models"

    @property
    def housekeeping(self) -> str:
        """The folder of housekeeping's own reports."""
        return f"{self.root}/housekeeping"

    def housekeeping_report(self, run_key: str) -> str:
        """HousekeepingReport."""
        return f"{self.housekeeping}/{run_key}/report.json"

    def retention_report(self, day: str) -> str:
        """RetentionReport; `day` as 2026-11-21. Its presence means that the day's retention is done."""
        return f"{self.housekeeping}/retention/{day}.json"

    def retention_preview(self, run_key: str) -> str:
        """RetentionReport of a dry run."""
        return f"{self.housekeeping}/{run_key}/retention.json"
