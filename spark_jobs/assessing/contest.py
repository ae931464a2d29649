"""Challenger, champion and baselines, one after the other, on the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from penstock.errors import DataError
from spark_jobs.assessing.contender import Contender, load
from spark_jobs.assessing.intervals import gains
from spark_jobs.assessing.labels import check_classes, check_truth
from spark_jobs.assessing.problems import JUDGES
from spark_jobs.assessing.sums import DRAW

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.assessment import Estimates
    from spark_jobs.assessing.case import Case, Judge, Judged
    from spark_jobs.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the contest came to."""

    challenger: Judged
    champion: Judged | None
    champion_problem: str
    judged_rows: int
    baselines: dict[str, Estimates]
    gains: Estimates


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A contender and its predictions, cached."""

    contender: Contender
    rows: DataFrame
    count: int


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One contest."""

    case: Case
    progress: Progress

    def hold(self, model_uri: str, champion_uri: str) -> Outcome:
        """Judge all; raises DataError for a challenger that cannot be applied, or a champion that cannot be read."""
        contender, case = load(model_uri), self.case
        classes = check_truth(case.held_out.table, case.recipe, contender.classes)
        return replace(self, case=replace(case, challenger=contender, classes=classes)).judge_all(
            contender, champion_uri
        )

    def judge_all(self, contender: Contender, champion_uri: str) -> Outcome:
        """Judge them once the challenger's classes are known."""
        challenger = self._enter(contender)
        champion, problem = self._champion(champion_uri, challenger.contender)
        challenger, champion = self._alike(challenger, champion)
        new = self._judge(challenger)
        old = self._judge(champion) if champion else None
        baselines = self.judge.baselines(self.case, challenger.contender, challenger.rows)
        self.progress(f"baselines: {', '.join(baselines) or 'none'}")
        return Outcome(
            challenger=new,
            champion=old,
            champion_problem=problem,
            judged_rows=challenger.count,
            baselines=baselines,
            gains=self._gains(new, old) if old else {},
        )

    @property
    def judge(self) -> Judge:
        """Of the recipe's problem."""
        return JUDGES[self.case.recipe.kind]

    def _enter(self, contender: Contender) -> Entry:
        rows, count = contender.materialise(self.judge.predict(self.case, contender))
        if not count:
            raise DataError(
                f"{contender.uri} has no prediction for any of the {self.case.held_out.rows:,} held-out rows"
            )
        self.progress(f"{contender.uri}: {count:,} of {self.case.held_out.rows:,} held-out rows have a prediction")
        return Entry(contender=contender, rows=rows, count=count)

    def _champion(self, uri: str, challenger: Contender) -> tuple[Entry | None, str]:
        """The champion, or why there is one that cannot be judged here."""
        if not uri:
            return None, ""
        contender = _load_champion(uri)
        try:
            check_classes(contender, challenger, self.case.recipe)
            return self._enter(contender), ""
        except DataError as error:
            self.progress(f"the champion {error}")
            return None, f"the champion {error}"

    def _alike(self, challenger: Entry, champion: Entry | None) -> tuple[Entry, Entry | None]:
        """Both with the rows that both have predictions for."""
        if champion is None or challenger.count == champion.count == self.case.held_out.rows:
            return challenger, champion
        return self._among(challenger, champion), self._among(champion, challenger)

    def _among(self, entry: Entry, other: Entry) -> Entry:
        rows = entry.rows.join(other.rows.select(DRAW), on=DRAW, how="left_semi").cache()
        count = rows.count()
        if not count:
            raise DataError("no held-out row has a prediction of both challenger and champion; go without a champion")
        return Entry(contender=entry.contender, rows=rows, count=count)

    def _judge(self, entry: Entry) -> Judged:
        found = self.judge.judge(self.case, entry.contender, entry.rows)
        shown = (f"{name} {_show(each.value)}" for name, each in found.judgement.metrics.items())
        self.progress(f"{entry.contender.uri}: {', '.join(shown)}")
        return found

    def _gains(self, new: Judged, old: Judged) -> Estimates:
        values = {
            name: (new.judgement.metrics[name].value, old.judgement.metrics[name].value)
            for name in new.draws.keys() & old.draws.keys()
        }
        return gains(new.draws, old.draws, self.case.confidence, values)


def _load_champion(uri: str) -> Contender:
    try:
        return load(uri)
    except DataError as error:
        raise DataError(
            f"the champion {error}. In the model registry, move the alias `champion` of this model to a version that "
            "can be read, or remove the alias to go without a champion; then start a new run."
        ) from error


def _show(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
