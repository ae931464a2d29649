"""The estimators of pyspark.ml 3.5 and of xgboost.spark by their class names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from penstock.mllib.boosting import BOOSTED_TREES
from penstock.mllib.classification import CLASSIFIERS
from penstock.mllib.regression import REGRESSORS
from penstock.mllib.unsupervised import UNSUPERVISED

if TYPE_CHECKING:
    from penstock.mllib.estimator import Estimator

ESTIMATORS: Mapping[str, Estimator] = {
    each.name: each for group in (CLASSIFIERS, REGRESSORS, BOOSTED_TREES, UNSUPERVISED) for each in group
}
"""Closed: what is not here cannot be trained from a recipe."""
