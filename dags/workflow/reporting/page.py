"""The report as one HTML page that needs nothing else: no script, no font, no image, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from penstock.mllib.problems import Problem
from workflow.cost.table import headline as cost_headline
from workflow.reporting import classes, curves, data, effort, groups, learning, stream, words
from workflow.reporting.contest import contest_figure, contest_grid, contests
from workflow.reporting.outcome import Outcome, headline, outcome
from workflow.reporting.spark import stages
from workflow.reporting.tree_picture import tree_figure

if TYPE_CHECKING:
    from penstock.run_report import ModelRecord, RunReport
    from workflow.reporting.contest import Contest
    from workflow.reporting.figure import Figure, Grid

PAGES = Path(__file__).parent / "pages"
MOST_SAMPLES = 6
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML forbids and UTF-8 cannot carry."""
COMPARED = "How good it is"


@dataclass(frozen=True, kw_only=True)
class ModelView:
    """One model, ready to be shown; `figures` are by the heading that they stand under."""

    name: str
    anchor: str
    outcome: Outcome
    record: ModelRecord
    contests: list[Contest]
    figures: dict[str, list[Figure]]
    comparison: Grid
    """All metrics of all contenders; it stands under the heading `compared`."""
    compared: str = COMPARED


def render(report: RunReport) -> str:
    """The page; equal reports give equal pages, byte for byte."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"number": words.number, "estimate": words.estimate, "time": words.seconds}
    environment.filters |= {"label": words.label, "bytes": words.size, "values": words.values, "plural": words.plural}
    style = Markup((PAGES / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - a file of this package
    page = environment.get_template("report.html").render(**_view(report), style=style, dash=words.NONE)
    return _UNSEEN.sub("\ufffd", page)


def _view(report: RunReport) -> dict[str, Any]:
    return {
        "report": report,
        "headline": headline(report),
        "models": [_model(report, name, place) for place, name in enumerate(report.models)],
        "data_figures": _present(
            [data.rows("rows", report.data), data.reasons("reasons", report.data)] if report.data else []
        ),
        "drift": data.drift("drift", report.checks) if report.checks else None,
        "expectations": data.expectations(report.checks) if report.checks else None,
        "stream": _stream(report),
        "gantt": effort.gantt("gantt", report),
        "tasks": effort.task_grid(report.tasks),
        "stages": [stages(f"stages{place}", *each) for place, each in enumerate(report.spark.items())],
        "costs": _costs(report),
        "samples": MOST_SAMPLES,
    }


def _stream(report: RunReport) -> dict[str, Grid]:
    found = report.stream
    return (
        {"totals": stream.totals(found), "reasons": stream.reasons(found), "batches": stream.batches(found)}
        if found
        else {}
    )


def _costs(report: RunReport) -> dict[str, Any]:
    priced = {"Estimate": report.cost_estimate, "Measured": report.cost}
    return {
        "figures": _present(
            [
                effort.compared("compared", report),
                *(effort.charges(f"charges{place}", *each) for place, each in enumerate(priced.items())),
            ]
        ),
        "headlines": [cost_headline(each) for each in priced.values() if each],
        "remarks": list(dict.fromkeys(note for each in priced.values() if each for note in _remarks(each))),
    }


def _remarks(priced: Any) -> list[str]:
    unknown = [f"No known price, so not in the sum: {', '.join(priced.unknown)}."] if priced.unknown else []
    simulated = ["On a local AWS: nothing is billed."] if priced.simulated else []
    return [*unknown, *simulated, *priced.notes]


def _model(report: RunReport, name: str, place: int) -> ModelView:
    record, found = report.models[name], contests(report.models[name])
    slug = f"m{place}"
    figures: dict[str, list[Figure | None]] = {
        "How it was chosen": [learning.search(f"{slug}search", record)],
        COMPARED: [contest_figure(f"{slug}metrics", found), *_judged(slug, record)],
        "For whom it is good": _segments(slug, record),
        "What it looks at": [learning.weights(f"{slug}weights", record.fit), tree_figure(f"{slug}tree", record.tree)],
    }
    return ModelView(
        name=name,
        anchor=f"model-{place + 1}",
        outcome=outcome(report, name),
        record=record,
        contests=found,
        comparison=contest_grid(found),
        figures={heading: _present(each) for heading, each in figures.items()},
    )


def _segments(slug: str, record: ModelRecord) -> list[Figure | None]:
    return [*classes.segments(f"{slug}segment", record.assessment.challenger)] if record.assessment else []


def _judged(slug: str, record: ModelRecord) -> list[Figure | None]:
    if not record.assessment:
        return []
    judged, champion = record.assessment.challenger, record.assessment.champion
    binary = record.assessment.problem == Problem.BINARY.value
    return [
        curves.roc(f"{slug}roc", judged, champion),
        curves.precision_recall(f"{slug}pr", judged, champion),
        classes.confusion(f"{slug}confusion", judged),
        curves.calibration(f"{slug}calibration", judged, of_probability=binary),
        curves.sweep(f"{slug}sweep", judged),
        classes.per_class(f"{slug}classes", judged),
        groups.sizes(f"{slug}sizes", judged),
        groups.means(f"{slug}means", judged),
        groups.topics(f"{slug}topics", judged),
    ]


def _present(figures: list[Figure | None]) -> list[Figure]:
    return [each for each in figures if each is not None]
