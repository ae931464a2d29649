"""A run's outputs on S3, read through the contract."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from penstock.cost import Cost
from penstock.documents import DataReport, Document, Evaluation, TrainingReport, Verdict
from penstock.layout import Run, split_uri
from penstock.scoring import ScoreReport
from tools.errors import ToolError
from tools.runs.documents import read_document

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, kw_only=True)
class ModelOutputs:
    """What one model of the run left; `verdict` and `scores` are None where the run did not come so far."""

    name: str
    training: TrainingReport
    evaluation: Evaluation
    verdict: Verdict | None
    scores: ScoreReport | None


class RunOutputs:
    """Documents and tables of one run; raises ToolError naming the location that should be there and is not."""

    def __init__(self, s3: Any, run: Run) -> None:
        self._s3 = s3
        self.run = run

    def data(self) -> DataReport:
        """What the ETL did."""
        return self._required(DataReport, self.run.data_report)

    def model(self, name: str) -> ModelOutputs:
        """What training, evaluation, gate and scoring did for one model."""
        return ModelOutputs(
            name=name,
            training=self._required(TrainingReport, self.run.training_report(name)),
            evaluation=self._required(Evaluation, self.run.evaluation(name)),
            verdict=self._document(Verdict, self.run.verdict(name)),
            scores=self._document(ScoreReport, self.run.score_report(name)),
        )

    def cost(self) -> Cost:
        """What the run used, priced."""
        return self._required(Cost, self.run.cost)

    def titles(self) -> dict[int, str]:
        """Film titles by item id."""
        movies = self.table(self.run.table("movies"), ["item_id", "title"]).to_pydict()
        return dict(zip(movies["item_id"], movies["title"], strict=True))

    def table(self, uri: str, columns: list[str]) -> pa.Table:
        """The Parquet files below a location, as one table."""
        bucket, prefix = split_uri(uri)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        keys = [each["Key"] for page in pages for each in page.get("Contents", ()) if each["Key"].endswith(".parquet")]
        if not keys:
            raise ToolError(f"{uri} holds no Parquet file; the job that writes it has not succeeded")
        return pa.concat_tables(pq.read_table(io.BytesIO(self._get(bucket, key)), columns=columns) for key in keys)

    def _required(self, kind: type[D], uri: str) -> D:
        document = self._document(kind, uri)
        if document is None:
            raise ToolError(f"{uri} is missing; the job that writes it has not succeeded")
        return document

    def _document(self, kind: type[D], uri: str) -> D | None:
        return read_document(self._s3, kind, uri)

    def _get(self, bucket: str, key: str) -> bytes:
        content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content
