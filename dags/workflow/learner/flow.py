"""A workflow that learns from a table, in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from penstock.jobs import AssessArgs, CleanPartsArgs
from workflow.checking.tasks import CHECK
from workflow.flow import Flow
from workflow.form import DATA, PROMOTION, gate_mode, number, raw_uri
from workflow.learner.etl import Etl, check_columns
from workflow.learner.spec import Learner

if TYPE_CHECKING:
    from airflow.sdk import Param

CLEAN = "clean_data"
"""The task of the ETL."""


@dataclass(frozen=True, kw_only=True)
class LearnerFlow(Flow[Learner]):
    """What every task of a learner needs to know; raises SpecError for values that do not fit the ETL's table."""

    values = Learner
    glue_tasks: ClassVar[tuple[str, ...]] = (CLEAN, CHECK)

    etl: Etl

    def __post_init__(self) -> None:
        """Refuse columns that the table does not have, when the file is parsed."""
        check_columns(self.spec, self.etl, f"specs/{self.dag_id}.yaml")

    def form(self) -> dict[str, Param]:
        """The parameters of a run."""
        spec = self.spec
        names = " and ".join(spec.source.files.values())
        return {
            "raw_uri": raw_uri(self.deployment, spec.source.dataset, files=names),
            "max_bad_ratio": number(
                spec.source.max_bad_ratio, CleanPartsArgs, "max_bad_ratio", DATA, "Largest share of refused rows"
            ),
            "resamples": number(
                spec.judging.resamples, AssessArgs, "resamples", PROMOTION, "Bootstrap resamples", kind="integer"
            ),
            "gate_mode": gate_mode(spec),
        }
