"""The classic job, as mrjob's users write it: a record a line, the model asked for one at a time, null where it fails.

python benchmarks/predict_mrjob.py -r local --output-dir predictions records.json
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mrjob.job import MRJob
from mrjob.protocol import JSONProtocol, JSONValueProtocol

from models.iris import IrisModel

if TYPE_CHECKING:
    from collections.abc import Iterator


class PredictJob(MRJob):
    """A mapper without a reducer."""

    INPUT_PROTOCOL = JSONValueProtocol
    OUTPUT_PROTOCOL = JSONProtocol

    def mapper_init(self) -> None:
        """Load the model once in each task."""
        self.model = IrisModel()

    def mapper(self, _: None, data: Any) -> Iterator[tuple[Any, Any]]:
        """The record and its prediction."""
        try:
            yield data, self.model.predict(data)
        except Exception:  # noqa: BLE001 - as the original: what fails has no prediction
            yield data, None


if __name__ == "__main__":
    PredictJob.run()
