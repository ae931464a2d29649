"""Every S3 location of Penstock, each written once.

<root>/code/<sha>/...                 immutable: jobs.zip, the scripts, bootstrap actions
<root>/packages/<sha>/models.zip      immutable: what the models of batch prediction import
<root>/raw/<dataset>/...              as it arrived
<root>/logs/...                       EMR's logs
<root>/models/<model>/<version>/...   immutable: what the model registry points at
<root>/runs/<dag_id>/<run>/...        written once by one run, safe to overwrite on retry
<root>/streams/<dag_id>/...           a stream's checkpoint and outputs, see penstock/stream_layout.py
<root>/housekeeping/<run>/...         what a run of housekeeping did to clusters
<root>/housekeeping/retention/...     what was removed, one document a day
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from penstock.errors import PenstockError
from penstock.stream_layout import Stream

JOBS_ZIP = "jobs.zip"
PACKAGES = "packages"
"""The folder that workers find the models' packages in."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/some/key` as `("bucket", "some/key")`; raises PenstockError for anything else."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise PenstockError(f"{uri!r} is not an S3 location; expected s3://bucket/key")
    return parts.netloc, parts.path.lstrip("/")


def run_key(run_id: str) -> str:
    """A run id as one path segment that S3, Hadoop and Hive accept; distinct ids stay distinct.

    Hadoop refuses colons in relative paths and `+` is a space to some S3 clients, and Airflow's run ids have both.
    """
    safe = _UNSAFE.sub("-", run_id)
    if safe == run_id:
        return run_id
    return f"{safe}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Code:
    """One immutable bundle of job code."""

    uri: str

    @property
    def jobs_zip(self) -> str:
        """The importable packages: penstock, spark_jobs, glue_scripts."""
        return f"{self.uri}/{JOBS_ZIP}"

    def script(self, path: str) -> str:
        """An entry script, by its path in the repository."""
        return f"{self.uri}/{path}"


@dataclass(frozen=True)
class Run:
    """The outputs of one workflow run; `model` arguments name a model of the spec."""

    uri: str

    @property
    def clean(self) -> str:
        """Tables of good rows, each in a folder of its own name."""
        return f"{self.uri}/clean"

    def table(self, name: str) -> str:
        """One table of good rows."""
        return f"{self.clean}/{name}"

    @property
    def quarantine(self) -> str:
        """Refused rows with their reason and source line."""
        return f"{self.uri}/quarantine"

    def checked(self, name: str) -> str:
        """The rows of a clean table that may be learnt from."""
        return f"{self.uri}/checked/{name}"

    @property
    def check_quarantine(self) -> str:
        """Clean rows that broke an expectation, each with its name."""
        return f"{self.uri}/checked/quarantine"

    @property
    def checks_report(self) -> str:
        """ChecksReport."""
        return f"{self.uri}/report/checks.json"

    @property
    def report_page(self) -> str:
        """The run's report for people: one HTML page."""
        return f"{self.uri}/report/index.html"

    @property
    def report_json(self) -> str:
        """RunReport, the page's JSON twin."""
        return f"{self.uri}/report/run.json"

    @property
    def notebook(self) -> str:
        """The executed notebook."""
        return f"{self.uri}/report/explore_run.ipynb"

    @property
    def data_report(self) -> str:
        """DataReport."""
        return f"{self.uri}/report/data.json"

    @property
    def cost_estimate(self) -> str:
        """CostEstimate."""
        return f"{self.uri}/report/cost-estimate.json"

    @property
    def cost(self) -> str:
        """Cost."""
        return f"{self.uri}/report/cost.json"

    def model(self, model: str) -> str:
        """The fitted Spark ML model."""
        return f"{self.uri}/model/{model}"

    def training_report(self, model: str) -> str:
        """TrainingReport."""
        return f"{self.uri}/metrics/{model}/training.json"

    def fit_report(self, model: str) -> str:
        """FitReport."""
        return f"{self.uri}/metrics/{model}/fit.json"

    def tree(self, model: str) -> str:
        """Text of a single tree; its JSON twin, a Tree document, ends in .json instead of .txt."""
        return f"{self.uri}/metrics/{model}/tree.txt"

    def assessment(self, model: str) -> str:
        """Assessment."""
        return f"{self.uri}/metrics/{model}/assessment.json"

    def evaluation(self, model: str) -> str:
        """Evaluation."""
        return f"{self.uri}/metrics/{model}/evaluation.json"

    def verdict(self, model: str) -> str:
        """Verdict."""
        return f"{self.uri}/metrics/{model}/verdict.json"

    def approval(self, model: str) -> str:
        """Approval."""
        return f"{self.uri}/metrics/{model}/approval.json"

    def scores(self, model: str) -> str:
        """Top-k table."""
        return f"{self.uri}/scores/{model}"

    @property
    def predictions(self) -> str:
        """What a model said of every record, in the format that was asked for."""
        return f"{self.uri}/predictions"

    @property
    def unpredicted(self) -> str:
        """Table of the records without a prediction."""
        return f"{self.uri}/quarantine/predictions"

    @property
    def prediction_groups(self) -> str:
        """FinishedGroup, one for each group of input files."""
        return f"{self.uri}/report/prediction-groups"

    @property
    def prediction_report(self) -> str:
        """PredictionReport."""
        return f"{self.uri}/report/predictions.json"

    def score_report(self, model: str) -> str:
        """ScoreReport."""
        return f"{self.uri}/report/scores-{model}.json"

    @property
    def stream_report(self) -> str:
        """StreamReport."""
        return f"{self.uri}/report/stream.json"


@dataclass(frozen=True)
class Shards:
    """The marks of a table that is written in shards; engines pass over folders whose names begin with `_`."""

    table_uri: str

    @property
    def plan(self) -> str:
        """ShardPlan."""
        return f"{self.table_uri}/_shards/plan.json"

    def done(self, number: int) -> str:
        """Shard."""
        return f"{self.table_uri}/_shards/{number:05d}.json"


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

    def raw(self, dataset: str) -> str:
        """A dataset as it arrived."""
        return f"{self.root}/raw/{dataset}"

    def models(self, model: str) -> str:
        """The registered versions of a model, each in a folder that is written once."""
        return f"{self.root}/models/{model}"

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
