"""What a run left on S3, as far as it came: a failed run has a report too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.approval import Approval
from penstock.assessment import Assessment
from penstock.checks import ChecksReport
from penstock.cost import Cost, CostEstimate
from penstock.documents import DataReport, Document, Evaluation, TrainingReport, Verdict
from penstock.errors import DocumentError
from penstock.fitting import FitReport
from penstock.layout import split_uri
from penstock.prediction import PredictionReport
from penstock.run_report import ModelRecord
from penstock.scoring import ScoreReport
from penstock.spark_stages import SparkStages, spark_stages_uri
from penstock.streaming import StreamReport
from penstock.tree import Tree, tree_document_uri
from workflow.deployed import RETRIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.layout import Run

D = TypeVar("D", bound=Document)
SPARK = spark_stages_uri("")
"""How the name of a summary of Spark's stages ends."""
LONGEST_TREE = 200_000
"""Characters of a tree's text that a page carries."""


class Shelf:
    """The documents below one run's folder: what is there is listed once, and what is not there is no error."""

    def __init__(self, run: Run, aws: dict[str, Any]) -> None:
        self._s3 = S3Hook(**aws, config=RETRIES)  # with the operators' patience: S3 may be away for half a minute
        self._run = run
        self._bucket, prefix = split_uri(run.uri)
        folders = [f"{prefix}/{name}/" for name in ("report", "metrics")]
        self._keys = {key for each in folders for key in self._s3.list_keys(self._bucket, prefix=each) or []}
        self.unreadable: list[str] = []

    def document(self, cls: type[D], uri: str) -> D | None:
        """The document at `uri`; None if there is none, or none that can be read, which is then noted."""
        text = self.text(uri)
        try:
            return cls.from_json(text, uri) if text else None
        except DocumentError as error:
            self.unreadable.append(str(error))
            return None

    def text(self, uri: str) -> str:
        """What lies at `uri`; empty if nothing does."""
        key = split_uri(uri)[1]
        return self._s3.read_key(key, self._bucket) if key in self._keys else ""

    def spark_stages(self) -> dict[str, SparkStages]:
        """What Spark did in each job, by the path of the job's report below the run's folder."""
        start = len(split_uri(self._run.uri)[1]) + 1
        keys = sorted(each for each in self._keys if each.endswith(SPARK))
        found = {key[start : -len(SPARK)]: self.document(SparkStages, f"s3://{self._bucket}/{key}") for key in keys}
        return {job: each for job, each in found.items() if each}


def collect(run: Run, models: Sequence[str], aws: dict[str, Any]) -> dict[str, Any]:
    """The fields of a RunReport that documents on S3 fill."""
    shelf = Shelf(run, aws)
    found: dict[str, Any] = {
        "data": shelf.document(DataReport, run.data_report),
        "checks": shelf.document(ChecksReport, run.checks_report),
        "stream": shelf.document(StreamReport, run.stream_report),
        "predictions": shelf.document(PredictionReport, run.prediction_report),
        "cost_estimate": shelf.document(CostEstimate, run.cost_estimate),
        "cost": shelf.document(Cost, run.cost),
        "models": {model: _model(shelf, run, model) for model in models},
        "spark": shelf.spark_stages(),
    }
    read = found["data"] or found["stream"] or found["predictions"]
    missing = [] if read else ["No data report: nothing was read, or the first job did not get to its end."]
    for model, record in found["models"].items():
        missing += [f"{model}: {sentence}" for sentence in _missing(record)]
    return {**found, "missing": missing, "unreadable": shelf.unreadable}


def _model(shelf: Shelf, run: Run, model: str) -> ModelRecord:
    return ModelRecord(
        fit=shelf.document(FitReport, run.fit_report(model)),
        training=shelf.document(TrainingReport, run.training_report(model)),
        assessment=shelf.document(Assessment, run.assessment(model)),
        evaluation=shelf.document(Evaluation, run.evaluation(model)),
        verdict=shelf.document(Verdict, run.verdict(model)),
        approval=shelf.document(Approval, run.approval(model)),
        scores=shelf.document(ScoreReport, run.score_report(model)),
        tree=shelf.document(Tree, tree_document_uri(run.tree(model))),
        tree_text=shelf.text(run.tree(model))[:LONGEST_TREE],
    )


def _missing(record: ModelRecord) -> list[str]:
    sentences = []
    if not (record.fit or record.training):
        sentences.append("no report of a training, so no model was fitted.")
    if not (record.assessment or record.evaluation):
        sentences.append("no evaluation on held-out rows.")
    if not record.verdict:
        sentences.append("no verdict of the gate.")
    return sentences
