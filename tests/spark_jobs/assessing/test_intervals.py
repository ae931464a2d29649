import numpy as np
import pytest

from penstock.estimate import Estimate
from spark_jobs.assessing.intervals import estimates, fixed, gains, ratio


def test_percentiles_of_the_resamples_about_the_exact_value():
    draws = {"auc": np.concatenate([[0.5], np.linspace(0, 1, 101)])}
    assert estimates(draws, 0.9) == {"auc": Estimate(value=0.5, low=pytest.approx(0.05), high=pytest.approx(0.95))}
    assert estimates(draws, 0.9, {"auc": 0.51})["auc"].value == 0.51


def test_no_interval_without_resamples_or_where_most_are_undefined():
    assert estimates({"x": np.array([0.5])}, 0.95) == {"x": Estimate(value=0.5)}
    assert estimates({"x": fixed(0.5, 10)}, 0.95) == {"x": Estimate(value=0.5)}
    assert estimates({"x": fixed(None, 10)}, 0.95, {"x": 3.0}) == {"x": Estimate(value=None)}
    mostly = np.array([0.5, 0.4, np.nan, np.nan])
    assert estimates({"x": mostly}, 0.95) == {"x": Estimate(value=0.5)}
    half = np.array([0.5, 0.4, np.nan])
    assert estimates({"x": half}, 0.95) == {"x": Estimate(value=0.5, low=0.4, high=0.4)}


def test_gains_are_paired():
    """Two metrics that swing together differ by a constant: the gain is sure, however wide their own intervals are."""
    swing = np.linspace(0, 1, 51)
    new, old = {"x": swing + 0.1, "only": swing}, {"x": swing}
    (name, gain), *others = gains(new, old, 0.95, {"x": (0.6, 0.5)}).items()
    assert (name, others) == ("x", [])
    assert (gain.value, gain.low, gain.high) == pytest.approx((0.1, 0.1, 0.1))


def test_a_metric_that_one_side_lacks_has_no_gain():
    assert gains({"x": fixed(None, 3)}, {"x": fixed(1.0, 3)}, 0.95, {"x": (None, 1.0)}) == {"x": Estimate(value=None)}


def test_over_nothing():
    assert np.isnan(ratio(np.array([1.0]), np.array([0.0])))[0]
