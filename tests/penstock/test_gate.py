"""The gate: limit cases first, then the sentences that people read."""

import math

import pytest

from penstock.gate import GateMode, Threshold, judge

NDCG = Threshold(metric="ndcg_at_k", bound=0.3)
RMSE = Threshold(metric="rmse", higher_is_better=False, bound=0.9, min_gain=-0.02)
POPULARITY = {"popularity": {"ndcg_at_k": 0.2, "rmse": None}, "global_mean": {"rmse": 1.0}}


def _approved(threshold: Threshold, challenger: float | None, champion: float | None = None) -> bool:
    return judge(
        challenger={threshold.metric: challenger},
        champion=None if champion is None else {threshold.metric: champion},
        baselines=POPULARITY,
        thresholds=[threshold],
    ).approved


@pytest.mark.parametrize(("value", "approved"), [(0.3, True), (0.2999, False), (1.0, True), (0.0, False)])
def test_a_higher_metric_must_reach_its_bound(value: float, *, approved: bool) -> None:
    assert _approved(NDCG, value) is approved


@pytest.mark.parametrize(("value", "approved"), [(0.9, True), (0.9001, False), (0.0, True)])
def test_a_lower_metric_must_stay_under_its_bound(value: float, *, approved: bool) -> None:
    assert _approved(RMSE, value) is approved


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_an_undefined_metric_never_passes(value: float | None) -> None:
    assert not _approved(Threshold(metric="ndcg_at_k", beat_baseline=False), value)


def test_a_metric_the_evaluation_does_not_have_never_passes() -> None:
    verdict = judge(challenger={}, champion=None, baselines={}, thresholds=[NDCG])
    assert [check.sentence for check in verdict.checks] == ["ndcg_at_k is undefined for the challenger"]


def test_equal_to_the_baseline_does_not_beat_it() -> None:
    assert not _approved(Threshold(metric="ndcg_at_k"), 0.2)
    assert _approved(Threshold(metric="ndcg_at_k", beat_baseline=False), 0.2)


@pytest.mark.parametrize(
    ("gain", "value", "approved"), [(0.0, 0.4, True), (0.0, 0.39, False), (0.01, 0.4039, False), (0.01, 0.4041, True)]
)
def test_the_champion_must_be_matched(gain: float, value: float, *, approved: bool) -> None:
    assert _approved(Threshold(metric="ndcg_at_k", min_gain=gain), value, champion=0.4) is approved


def test_a_tolerated_loss_is_relative_and_knows_the_direction() -> None:
    assert _approved(RMSE, 0.86, champion=0.85)
    assert not _approved(RMSE, 0.88, champion=0.85)


@pytest.mark.parametrize(("value", "approved"), [(0.5, True), (0.0, True), (-0.5, False)])
def test_a_champion_at_zero_is_compared_by_sign(value: float, *, approved: bool) -> None:
    assert _approved(Threshold(metric="r2", beat_baseline=False), value, champion=0.0) is approved


def test_a_champion_without_the_metric_does_not_stand_in_the_way() -> None:
    verdict = judge(challenger={"ndcg_at_k": 0.4}, champion={}, baselines={}, thresholds=[NDCG])
    assert verdict.approved


@pytest.mark.parametrize(
    ("mode", "approved", "promote"),
    [(GateMode.ENABLED, False, False), (GateMode.DRY_RUN, False, True), (GateMode.DISABLED, True, True)],
)
def test_modes_decide_what_a_failed_check_does(mode: GateMode, *, approved: bool, promote: bool) -> None:
    verdict = judge(challenger={"ndcg_at_k": 0.1}, champion=None, baselines=POPULARITY, thresholds=[NDCG], mode=mode)
    assert (verdict.approved, verdict.promote, verdict.mode) == (approved, promote, mode.value)


def test_a_champion_that_cannot_be_judged_is_not_passed_by() -> None:
    verdict = judge(
        challenger={"ndcg_at_k": 0.4}, champion=None, baselines={}, thresholds=[NDCG], incomparable="another split"
    )
    assert not verdict.approved
    assert verdict.checks[-1].sentence == "another split"


def test_one_failed_check_among_many_is_enough() -> None:
    verdict = judge(
        challenger={"ndcg_at_k": 0.35, "rmse": 0.95},
        champion={"ndcg_at_k": 0.3449, "rmse": 0.94},
        baselines=POPULARITY,
        thresholds=[NDCG, RMSE],
    )
    assert not verdict.approved
    assert [(check.passed, check.sentence) for check in verdict.checks] == [
        (True, "ndcg_at_k 0.3500 meets the bound 0.3000"),
        (True, "ndcg_at_k 0.3500 beats the popularity baseline 0.2000"),
        (True, "ndcg_at_k 0.3500 against the champion's 0.3449: +1.48%, needs +0.00%"),
        (False, "rmse 0.9500 misses the bound 0.9000"),
        (True, "rmse 0.9500 beats the global_mean baseline 1.0000"),
        (True, "rmse 0.9500 against the champion's 0.9400: -1.06%, needs -2.00%"),
    ]
