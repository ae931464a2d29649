"""The gate between training and promotion: pure, so that every decision can be replayed from the documents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from penstock.documents import Check, Verdict

Values = Mapping[str, float | None]


class GateMode(StrEnum):
    """What a verdict does."""

    DISABLED = "disabled"
    """Nothing is checked; every model is promoted."""
    DRY_RUN = "dry_run"
    """Everything is checked and recorded; the model is promoted anyway."""
    ENABLED = "enabled"
    """Only a model that passes every check is promoted."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """What one metric must reach.

    `bound` is absolute (a minimum if `higher_is_better`, else a maximum). `min_gain` is relative to the champion:
    0.01 asks for one per cent better, -0.02 forgives two per cent worse, None does not compare.
    """

    metric: str
    higher_is_better: bool = True
    bound: float | None = None
    min_gain: float | None = 0.0
    beat_baseline: bool = True


def judge(
    *,
    challenger: Values,
    champion: Values | None,
    baselines: Mapping[str, Values],
    thresholds: Iterable[Threshold],
    incomparable: str = "",
    mode: GateMode = GateMode.ENABLED,
) -> Verdict:
    """Compare the challenger with bounds, baselines and the champion (None: there is no champion yet).

    `incomparable` says why there is a champion that could not be judged; a model does not pass by avoiding it.
    """
    if mode is GateMode.DISABLED:
        return Verdict(mode=mode.value, approved=True, promote=True, checks=[])
    checks = [
        check
        for threshold in thresholds
        for check in _checks(threshold, challenger=challenger, champion=champion, baselines=baselines)
    ]
    if incomparable:
        checks.append(Check(passed=False, sentence=incomparable))
    approved = all(check.passed for check in checks)
    return Verdict(mode=mode.value, approved=approved, promote=approved or mode is GateMode.DRY_RUN, checks=checks)


def _checks(
    threshold: Threshold, *, challenger: Values, champion: Values | None, baselines: Mapping[str, Values]
) -> Iterable[Check]:
    name, value = threshold.metric, _number(challenger.get(threshold.metric))
    if value is None:
        yield Check(passed=False, sentence=f"{name} is undefined for the challenger")
        return
    if threshold.bound is not None:
        yield _compare(threshold, value, threshold.bound, "the bound")
    if threshold.beat_baseline:
        for baseline, metrics in sorted(baselines.items()):
            trivial = _number(metrics.get(name))
            if trivial is not None:
                yield _compare(threshold, value, trivial, f"the {baseline} baseline", strict=True)
    if threshold.min_gain is not None and champion is not None:
        yield _against_champion(threshold, value, _number(champion.get(name)), threshold.min_gain)


def _compare(threshold: Threshold, value: float, other: float, what: str, *, strict: bool = False) -> Check:
    ahead = value - other if threshold.higher_is_better else other - value
    passed = ahead > 0 if strict else ahead >= 0
    verb = "beats" if passed else "does not beat"
    if not strict:
        verb = "meets" if passed else "misses"
    return Check(passed=passed, sentence=f"{threshold.metric} {value:.4f} {verb} {what} {other:.4f}")


def _against_champion(threshold: Threshold, value: float, old: float | None, min_gain: float) -> Check:
    if old is None:
        return Check(passed=True, sentence=f"{threshold.metric} is undefined for the champion")
    ahead = value - old if threshold.higher_is_better else old - value
    gain = ahead / abs(old) if old else math.copysign(math.inf, ahead) if ahead else 0.0
    sentence = f"{threshold.metric} {value:.4f} against the champion's {old:.4f}: {gain:+.2%}, needs {min_gain:+.2%}"
    return Check(passed=gain >= min_gain, sentence=sentence)


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
