"""Batch prediction in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from penstock.jobs import PredictArgs
from penstock.layout import PACKAGES
from penstock.prediction import PredictionFormat, RecordFormat
from workflow.flow import Flow
from workflow.form import DATA, choice, number, raw_uri
from workflow.prediction.spec import BatchPrediction
from workflow.tables.spec import OPTIONAL_TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL, OUTPUT, TABLE = "Model", "Output", "Application table"


@dataclass(frozen=True, kw_only=True)
class PredictionFlow(Flow[Any]):
    """What every task of batch prediction needs to know."""

    values = BatchPrediction

    @property
    def packages_uri(self) -> str:
        """The archive of the models' packages; empty if they need none, or the deployment has none."""
        sha = self.deployment.packages_sha
        return self.deployment.layout.packages(sha) if self.spec.packages and sha else ""

    @property
    def table_uri(self) -> str:
        """Template of where the job leaves what is loaded; empty where nothing is."""
        return f"{{% if params.table %}}{self.run.prediction_table}{{% endif %}}" if self.deployment.sql_conn_id else ""

    @property
    def spark_conf(self) -> Mapping[str, str]:
        """With the archive, which Spark unpacks for every executor."""
        archive = {"spark.archives": f"{self.packages_uri}#{PACKAGES}"} if self.packages_uri else {}
        return {**archive, **self.spec.spark_conf}

    def form(self) -> dict[str, Param]:
        """The parameters of a run."""
        spec = self.spec
        return {
            "input_uri": raw_uri(self.deployment, spec.source.dataset, files="the records, at any depth"),
            "input_format": choice(
                spec.source.format, RecordFormat, DATA, "Format", "JSON lines, CSV with a header in each file, Parquet."
            ),
            "max_bad_ratio": number(
                spec.source.max_bad_ratio, PredictArgs, "max_bad_ratio", DATA, "Largest share without a prediction"
            ),
            "model": Param(
                spec.model,
                type="string",
                minLength=1,
                section=MODEL,
                title="Model",
                description="Qualified name of a model of the registry in the YAML.",
            ),
            "output_format": choice(
                spec.output_format,
                PredictionFormat,
                OUTPUT,
                "Format of the predictions",
                "classic is the record and its prediction as JSON, a tab between them.",
            ),
            "table": Param(
                spec.tables.predictions,
                type="string",
                pattern=OPTIONAL_TABLE,
                section=TABLE,
                title="Table",
                description="Of the deployment's database, whose rows are replaced by the predictions; empty: none.",
            ),
            "key": Param(
                spec.tables.key,
                type="string",
                section=TABLE,
                title="Key",
                description="Column or field of the records, by which the table can be asked; empty: none.",
            ),
        }
