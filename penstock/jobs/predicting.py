"""The arguments of batch prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.arguments import arg
from penstock.jobs.reporting import ReportingArgs
from penstock.prediction import PredictionFormat, RecordFormat


@dataclass(frozen=True, kw_only=True)
class PredictArgs(ReportingArgs):
    """Ask a model for every record of a folder."""

    script: ClassVar[str] = "spark_jobs/predict.py"

    input_uri: str = arg("folder with the input, at any depth, or one file")
    input_format: str = arg("what the input is", default=RecordFormat.JSON.value, choices=list(RecordFormat))
    output_format: str = arg(
        "what the predictions are written as", default=PredictionFormat.JSON.value, choices=list(PredictionFormat)
    )
    predictions_uri: str = arg("folder for the predictions")
    quarantine_uri: str = arg("folder for the records without a prediction")
    table_uri: str = arg("folder for the predictions as one table, by file and line; empty for none", default="")
    key: str = arg("column or field of the records that the table keeps as record_key; empty for none", default="")
    groups_uri: str = arg("folder for what is finished: a rerun skips it")
    models: str = arg("the registry as a JSON list, see penstock/prediction.py")
    model: str = arg("qualified name of the model")
    max_bad_ratio: float = arg(
        "share of records that may go without a prediction", default=0.1, minimum=0.0, maximum=1.0
    )
    batch_rows: int = arg("records that the model is asked for at once", default=10_000, minimum=1, maximum=1_000_000)
    group_bytes: int = arg("bytes of input that are finished at once", default=1024**3, minimum=1)
    packages: str = arg("folder of the archive with the model's packages, after its #; empty for none", default="")
    code_sha: str = arg("content hash of the deployed code", default="")
