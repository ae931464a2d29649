"""A loaded Python model, whichever kind it was: what is known about it, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spark_jobs.predicting.outcome import Ask, AskMany, ask_all, ask_each, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.prediction import ModelDescription


@dataclass(frozen=True, kw_only=True)
class LoadedModel:
    """`ask` takes one record, `ask_many` as many as you like; records are what the input's format makes of a line."""

    description: ModelDescription
    ask: Ask
    ask_many: AskMany | None

    def predict(self, records: Sequence[Any]) -> list[Any]:
        """A plain value or a Failure for every record, in their order."""
        if self.ask_many is None:
            return [plain(each) for each in ask_each(self.ask, records)]
        return [plain(each) for each in ask_all(self.ask_many, self.ask, records)]
