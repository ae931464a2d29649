"""The findings of a check as sentences: what people should know, and what fails the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.checks import Action, Drift, Outcome
from penstock.jobs import SchemaDrift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.documents import RowCounts
    from penstock.jobs import CheckTableArgs


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a check counted and measured."""

    counts: RowCounts
    training: int
    """Rows that passed and are not held out."""
    outcomes: Sequence[Outcome]
    schema_changes: list[str]
    drift: list[Drift]


def warnings_of(found: Findings, args: CheckTableArgs) -> list[str]:
    """Broken expectations that do not fail the job, a changed schema, columns that moved from `drift_warn` on."""
    moved = [each for each in found.drift if each.psi >= args.drift_warn and not _fails(each, args)]
    changed = found.schema_changes if args.schema_drift == SchemaDrift.WARN else []
    broken = [each for each in found.outcomes if each.violations and each.action != Action.FAIL]
    return [*(_broken(each, found.counts.read) for each in broken), *changed, *map(_moved, moved)]


def failures_of(found: Findings, args: CheckTableArgs) -> list[str]:
    """Why the rows must not be learnt from; empty if they may."""
    broken = [each for each in found.outcomes if each.violations and each.action == Action.FAIL]
    changed = found.schema_changes if args.schema_drift == SchemaDrift.FAIL else []
    moved = [each for each in found.drift if _fails(each, args)]
    return [
        *_too_few(found, args),
        *(_broken(each, found.counts.read) for each in broken),
        *changed,
        *map(_moved, moved),
    ]


def _too_few(found: Findings, args: CheckTableArgs) -> list[str]:
    rows = found.counts
    ratio = rows.quarantined / rows.read if rows.read else 0.0
    sentence = f"{rows.quarantined:,} of {rows.read:,} rows were quarantined ({ratio:.2%})"
    if not rows.good:
        return [f"{sentence}, none passed."]
    if ratio > args.max_bad_ratio:
        return [f"{sentence}, at most {args.max_bad_ratio:.2%} may be. See the rows in {args.quarantine_uri}."]
    if not found.training:
        return [f"None of the {rows.good:,} rows that passed is one to train on ({args.describe_holdout()})."]
    return []


def _fails(drift: Drift, args: CheckTableArgs) -> bool:
    return bool(args.drift_fail) and drift.psi >= args.drift_fail


def _moved(drift: Drift) -> str:
    return (
        f"Column {drift.column!r} is not distributed as when the champion was trained: stability index "
        f"{drift.psi:.3f}, most of it {drift.worst_bin}."
    )


def _broken(outcome: Outcome, rows: int) -> str:
    share = outcome.violations / rows
    end = "; they are quarantined" if outcome.action == Action.QUARANTINE else ""
    return f"{outcome.violations:,} of {rows:,} rows ({share:.2%}) break {outcome.name!r}: {outcome.expression}{end}."
