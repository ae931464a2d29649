"""A run's report as a person reads it in a terminal: data, models with their intervals, verdicts, cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from penstock.codec import encode
from penstock.documents import Check
from penstock.estimate import Estimate
from penstock.gate import GateMode
from tools.console import console
from tools.runs.bill import show_cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.assessment import Assessment
    from penstock.checks import ChecksReport
    from penstock.documents import DataReport, Evaluation
    from penstock.prediction import PredictionReport
    from penstock.run_report import ModelRecord, RunReport
    from penstock.streaming import StreamReport

HEADLINES = (
    *("accuracy", "weighted_f1", "roc_auc", "pr_auc", "log_loss", "brier", "f1", "cost", "rmse", "mae", "r2"),
    *("silhouette", "log_perplexity", "ndcg_at_k", "precision_at_k", "recall_at_k", "map_at_k", "coverage"),
)
"""Metrics that a summary shows, of every kind of problem, the most telling first; the report has all."""
_MOST_WARNINGS = 5
_MODEL, _CHAMPION = _WITH_INTERVALS = "this model", "champion"
Estimates = dict[str, Estimate]


def show_report(report: RunReport, data: str) -> None:
    """Print what a run found; `data` says where its rows come from."""
    console.print()
    console.print(Rule("[bold]What the run found[/bold]", style="green"))
    if report.data:
        _show_data(report.data, data)
    if report.predictions:
        _show_predictions(report.predictions, data)
    if report.checks:
        _show_checks(report.checks)
    if report.stream:
        _show_stream(report.stream, data)
    for name, record in report.models.items():
        _show_model(name, record)
    if report.cost:
        show_cost(encode(report.cost))
    for sentence in [*report.missing, *report.unreadable]:
        console.print(sentence, style="yellow", markup=False, soft_wrap=True)


def _show_predictions(found: PredictionReport, detail: str) -> None:
    console.print(f"\n[bold]Predictions[/bold]  {escape(detail)}", soft_wrap=True)
    asked = f"{found.model.qualified_name} {found.model.version}".rstrip()
    console.print(
        f"{found.records:,} records of {found.files:,} files: {found.predicted:,} predicted by {asked}, "
        f"{found.quarantined:,} quarantined",
        markup=False,
        soft_wrap=True,
    )
    for each in found.samples:
        where = f"  {each.file.rpartition('/')[2]} line {each.line}"
        console.print(f"{where}: {each.error_type}: {each.error_message}", markup=False, soft_wrap=True)
    console.print(f"  {found.predictions_uri}", markup=False, soft_wrap=True)


def _show_data(found: DataReport, detail: str) -> None:
    console.print(f"\n[bold]Data[/bold]  {escape(detail)}", soft_wrap=True)
    table = Table("Rows", "read", "kept", "quarantined", "superseded", box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for source, rows in found.sources.items():
        table.add_row(source, *(f"{each:,}" for each in (rows.read, rows.good, rows.quarantined, rows.superseded)))
    console.print(table)
    for reason, count in found.quarantined_by_reason.items():
        _warn(f"quarantined: {count:,} x {reason}")
    repeats = found.repeats
    if repeats and repeats.test_rows_in_train:
        of = found.sources["test"].good if "test" in found.sources else 0
        _warn(
            f"{repeats.test_rows_in_train:,} of {of:,} test rows are in train too: a model may know them by heart and "
            "look better than it is"
        )


def _show_stream(found: StreamReport, detail: str) -> None:
    console.print(f"\n[bold]Events[/bold]  {escape(detail or found.source)}", soft_wrap=True)
    columns = ("events", "counted", "late", "malformed")
    table = Table("", *columns, box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, counts in (("this run", found.counts), ("since the beginning", found.total)):
        table.add_row(name, *(f"{getattr(counts, each):,}" for each in columns))
    console.print(table)
    for reason, count in found.quarantined_by_reason.items():
        _warn(f"quarantined: {count:,} x {reason}")
    open_now = f"{found.open_events:,} events in windows that are still open, watermark {found.watermark or 'none'}"
    console.print(f"{found.batches:,} batches, {open_now}; it ended {found.ended}", markup=False, soft_wrap=True)
    for each in found.tables:
        console.print(f"  {each.rows:>9,} rows  {each.name}  {each.uri}", markup=False, soft_wrap=True)


def _show_checks(found: ChecksReport) -> None:
    console.print(f"Checked: {found.table.rows:,} of {found.read:,} rows may be learnt from")
    for sentence in [*found.failures, *found.warnings][:_MOST_WARNINGS]:
        _warn(sentence)
    if (more := len(found.failures) + len(found.warnings) - _MOST_WARNINGS) > 0:
        _warn(f"and {more} more in the report")


def _show_model(name: str, record: ModelRecord) -> None:
    console.print()
    columns = contenders(record)
    if not columns:
        console.print(f"[bold]{name}[/bold]  was not judged")
        return
    judged = record.assessment
    on = f", {judged.estimator} judged on {judged.judged_rows:,} held-out rows" if judged else ""
    console.print(f"[bold]{name}[/bold]{on}", soft_wrap=True)
    table = Table("", *columns, box=None, pad_edge=False, header_style="bold")
    challenger = next(iter(columns.values()))
    for metric in [each for each in HEADLINES if each in challenger]:
        table.add_row(metric, *(_cell(name, each.get(metric)) for name, each in columns.items()))
    console.print(table)
    if judged and judged.resamples:
        console.print(f"{judged.confidence:.0%} intervals of {judged.resamples:,} bootstrap resamples", style="dim")
    _show_verdict(record)


def contenders(record: ModelRecord) -> dict[str, Estimates]:
    """Whoever was judged on the same rows, the model first; nobody if it was not judged."""
    if record.assessment:
        return _assessed(record.assessment)
    return _evaluated(record.evaluation) if record.evaluation else {}


def _assessed(found: Assessment) -> dict[str, Estimates]:
    champion = {_CHAMPION: found.champion.metrics} if found.champion else {}
    return {_MODEL: found.challenger.metrics, **champion, **found.baselines}


def _evaluated(found: Evaluation) -> dict[str, Estimates]:
    def plain(values: Mapping[str, float | None]) -> Estimates:
        return {metric: Estimate(value=value) for metric, value in values.items()}

    champion = {_CHAMPION: plain(found.champion)} if found.champion else {}
    others = {name: plain(values) for name, values in found.baselines.items()}
    return {_MODEL: {**plain(found.challenger), **found.intervals}, **champion, **others}


def spread(found: Estimate | None) -> str:
    """A value with its interval; a dash where there is none."""
    if found is None or found.value is None:
        return "-"
    interval = "" if found.low is None or found.high is None else f" [{found.low:.4f}, {found.high:.4f}]"
    return f"{found.value:.4f}{interval}"


def _cell(contender: str, found: Estimate | None) -> str:
    """Baselines without their intervals, so that a line holds all contenders: the report has them."""
    return spread(found if found is None or contender in _WITH_INTERVALS else Estimate(value=found.value))


def _show_verdict(record: ModelRecord) -> None:
    verdict, answer = record.verdict, record.approval
    if verdict is None:
        console.print("not judged by its gate", style="yellow")
        return
    asked = verdict.mode == GateMode.APPROVAL
    promoted = verdict.promote and (answer.approved if answer else not asked)
    mark, style = ("✓ promoted to champion", "green") if promoted else ("not promoted", "yellow")
    console.print(f"{mark} (gate {verdict.mode})", style=style)
    checks = list(verdict.checks)
    if answer:
        said = f"{answer.reviewer or 'nobody'} {'approved' if answer.approved else 'did not approve'}"
        checks.append(Check(passed=answer.approved, sentence=f"{said}{': ' if answer.note else ''}{answer.note}"))
    for each in checks:
        sign, colour = ("✓", "dim") if each.passed else ("✗", "red")
        console.print(Text(f"    {sign} {each.sentence}", style=colour), soft_wrap=True)


def _warn(sentence: str) -> None:
    console.print(f"  {sentence}", style="yellow", markup=False, soft_wrap=True)
