"""A recommender in one deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from penstock.jobs import SplitArgs
from workflow.checking.tasks import CHECK
from workflow.flow import Flow
from workflow.form import param
from workflow.recommender.params import params
from workflow.recommender.spec import MovieRecommender

if TYPE_CHECKING:
    from airflow.sdk import Param

CLEAN = "clean_ratings"
"""The task of the ETL."""


def split_of(values: Mapping[str, Any]) -> str:
    """The run's split in words, as training writes it into its report."""
    return SplitArgs(**{each: values[each] for each in SplitArgs.field_names()}).describe_split()


@dataclass(frozen=True, kw_only=True)
class RecommenderFlow(Flow[MovieRecommender]):
    """What every task of a recommender needs to know."""

    values = MovieRecommender
    glue_tasks: ClassVar[tuple[str, ...]] = (CLEAN, CHECK)
    macros: ClassVar[Mapping[str, Any]] = {"split_of": split_of}

    def form(self) -> dict[str, Param]:
        """The parameters of a run."""
        return params(self.spec, self.deployment)

    @property
    def held_out(self) -> str:
        """A template of the run's split in words."""
        return "{{ split_of(params) }}"

    @property
    def split(self) -> dict[str, Any]:
        """Templates of the split's arguments."""
        return {name: param(name) for name in SplitArgs.field_names()}
