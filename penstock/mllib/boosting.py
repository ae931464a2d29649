"""xgboost.spark: boosted trees beside MLlib's, by XGBoost's own names, for the parameters that a recipe may set."""

from __future__ import annotations

from functools import partial

from penstock.mllib.estimator import ANY_CLASSES, REGRESSION, Estimator
from penstock.mllib.parameters import Kind, Parameter, Parameters


def _number(low: float | None = None, high: float | None = None, *, low_open: bool = False) -> Parameter:
    """XGBoost looks at a value when it fits, not when it is set."""
    return Parameter(kind=Kind.NUMBER, low=low, high=high, low_open=low_open, enforced=False)


def _integer(low: int) -> Parameter:
    return Parameter(kind=Kind.INTEGER, low=low, enforced=False)


def _choice(*choices: str) -> Parameter:
    return Parameter(kind=Kind.STRING, choices=choices, enforced=False)


_SHARE = _number(0, 1, low_open=True)
_TREES: Parameters = {
    "n_estimators": _integer(1),
    "learning_rate": _number(0),
    "max_depth": _integer(0),
    "max_leaves": _integer(0),
    "max_bin": _integer(2),
    "grow_policy": _choice("depthwise", "lossguide"),
    "booster": _choice("gbtree", "dart"),
    "tree_method": _choice("auto", "approx", "hist"),
    "gamma": _number(0),
    "min_child_weight": _number(0),
    "max_delta_step": _number(0),
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "colsample_bynode": _SHARE,
    "reg_alpha": _number(0),
    "reg_lambda": _number(0),
    "num_parallel_tree": _integer(1),
    "max_cat_to_onehot": _integer(1),
    "max_cat_threshold": _integer(1),
    "early_stopping_rounds": _integer(1),
}
_SPARK: Parameters = {
    "num_workers": _integer(1),
    "enable_sparse_data_optim": Parameter(kind=Kind.FLAG),
    "repartition_random_shuffle": Parameter(kind=Kind.FLAG),
}
_boosted = partial(
    Estimator,
    module="xgboost.spark",
    seeded=True,
    weighted=True,
    stops_early=True,
    stopping="early_stopping_rounds",
    stopping_required=True,
)

BOOSTED_TREES = (
    _boosted(
        name="SparkXGBClassifier",
        problems=ANY_CLASSES,
        probability=True,
        params={
            **_TREES,
            "scale_pos_weight": _number(0, low_open=True),
            "eval_metric": _choice("logloss", "mlogloss", "error", "merror", "auc", "aucpr"),
            **_SPARK,
        },
    ),
    _boosted(
        name="SparkXGBRegressor",
        problems=REGRESSION,
        params={
            **_TREES,
            "objective": _choice(
                "reg:squarederror",
                "reg:absoluteerror",
                "reg:pseudohubererror",
                "reg:squaredlogerror",
                "reg:gamma",
                "reg:tweedie",
                "count:poisson",
            ),
            "eval_metric": _choice("rmse", "rmsle", "mae", "mape", "mphe", "poisson-nloglik", "gamma-nloglik"),
            **_SPARK,
        },
    ),
)
