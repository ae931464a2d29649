"""The gate between training and promotion: pure, so that every decision can be replayed from the documents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from penstock.documents import Check, Verdict
from penstock.estimate import Estimate

Values = Mapping[str, float | None]


class GateMode(StrEnum):
    """What a verdict does."""

    DISABLED = "disabled"
    """Nothing is checked; every model is promoted."""
    DRY_RUN = "dry_run"
    """Everything is checked and recorded; the model is promoted anyway."""
    ENABLED = "enabled"
    """Only a model that passes every check is promoted."""
    APPROVAL = "approval"
    """Only a model that passes every check and that a person then approves is promoted."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """What one metric must reach.

    `bound` is absolute (a minimum if `higher_is_better`, else a maximum). `min_gain` is relative to the champion:
    0.01 asks for one per cent better, -0.02 forgives two per cent worse, None does not compare. `beyond_noise` asks it
    of the whole confidence interval of the gain instead of the measured gain, so that luck with the held-out rows does
    not pass for progress.
    """

    metric: str
    higher_is_better: bool = True
    bound: float | None = None
    min_gain: float | None = 0.0
    beyond_noise: bool = False
    beat_baseline: bool = True


def judge(
    *,
    challenger: Values,
    champion: Values | None,
    baselines: Mapping[str, Values],
    thresholds: Iterable[Threshold],
    gains: Mapping[str, Estimate] | None = None,
    incomparable: str = "",
    mode: GateMode = GateMode.ENABLED,
) -> Verdict:
    """Compare the challenger with bounds, baselines and the champion (None: there is no champion yet).

    `gains` are the paired differences to the champion with their intervals, as measured on the same held-out rows.
    `incomparable` says why there is a champion that could not be judged; a model does not pass by avoiding it.
    """
    if mode is GateMode.DISABLED:
        return Verdict(mode=mode.value, approved=True, promote=True, checks=[])
    checks = [
        check
        for threshold in thresholds
        for check in _checks(
            threshold, challenger=challenger, champion=champion, baselines=baselines, gains=gains or {}
        )
    ]
    if incomparable:
        checks.append(Check(passed=False, sentence=incomparable))
    approved = all(check.passed for check in checks)
    return Verdict(mode=mode.value, approved=approved, promote=approved or mode is GateMode.DRY_RUN, checks=checks)


def _checks(
    threshold: Threshold,
    *,
    challenger: Values,
    champion: Values | None,
    baselines: Mapping[str, Values],
    gains: Mapping[str, Estimate],
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
        old = _number(champion.get(name))
        if old is None:
            yield Check(passed=True, sentence=f"{name} is undefined for the champion")
        else:
            yield _against_champion(threshold, value, old, gains.get(name, Estimate(value=None)))


def _compare(threshold: Threshold, value: float, other: float, what: str, *, strict: bool = False) -> Check:
    ahead = value - other if threshold.higher_is_better else other - value
    passed = ahead > 0 if strict else ahead >= 0
    verb = "beats" if passed else "does not beat"
    if not strict:
        verb = "meets" if passed else "misses"
    return Check(passed=passed, sentence=f"{threshold.metric} {value:.4f} {verb} {what} {other:.4f}")


def _against_champion(threshold: Threshold, value: float, old: float, gain: Estimate) -> Check:
    """The measured gain, or the worse end of its interval, relative to the champion."""
    asked, sign = threshold.min_gain or 0.0, 1 if threshold.higher_is_better else -1
    measured = _relative(sign * (value - old), old)
    ends = [_relative(sign * end, old) for end in (gain.low, gain.high) if end is not None]
    sentence = f"{threshold.metric} {value:.4f} against the champion's {old:.4f}: {measured:+.2%}"
    if ends:
        sentence += f" ({min(ends):+.2%} to {max(ends):+.2%})"
    if not threshold.beyond_noise:
        return Check(passed=measured >= asked, sentence=f"{sentence}, needs {asked:+.2%}")
    if not ends:
        return Check(passed=False, sentence=f"{sentence}, needs {asked:+.2%} beyond noise, and has no interval")
    return Check(passed=min(ends) >= asked, sentence=f"{sentence}, needs {asked:+.2%} beyond noise")


def _relative(difference: float, old: float) -> float:
    if old:
        return difference / abs(old)
    return math.copysign(math.inf, difference) if difference else 0.0


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
