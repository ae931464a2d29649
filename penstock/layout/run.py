"""The S3 locations of one workflow run."""

from __future__ import annotations

from dataclasses import dataclass


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
    def prediction_table(self) -> str:
        """The same as one table for a database, whatever format was asked for."""
        return f"{self.uri}/prediction-table"

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

    def bundle_report(self, model: str) -> str:
        """BundleManifest, as it stands in the bundle."""
        return f"{self.uri}/report/bundle-{model}.json"

    @property
    def stream_report(self) -> str:
        """StreamReport."""
        return f"{self.uri}/report/stream.json"
