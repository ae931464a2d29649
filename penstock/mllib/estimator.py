"""What the catalogue says of one estimator, and the parameters that several share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock.mllib.parameters import Kind, Parameter, Parameters, above, choice, flag, integer, number
from penstock.mllib.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Estimator:
    """One class of pyspark.ml or xgboost.spark; columns and the seed are no parameters: a recipe has its own words."""

    name: str
    module: str
    problems: frozenset[Problem]
    params: Parameters
    seeded: bool = False
    weighted: bool = False
    """Whether it takes a weight for each row."""
    probability: bool = False
    """Whether its model gives a probability for each class."""
    stops_early: bool = False
    """Whether it can watch rows that it does not learn from, and stop when they gain nothing."""
    stopping: str = "validationTol"
    """The parameter that says when watched rows gain nothing; without such rows it has no effect."""
    stopping_required: bool = False
    """Whether it would watch and never stop without that parameter."""
    features: bool = True
    """Whether it learns from a vector of features."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns other than features, label and weight: the recipe's word to MLlib's parameter."""
    optional_columns: frozenset[str] = frozenset()
    nested: bool = False
    """Whether it is made of another classifier, whose parameters it takes as `classifier.<name>`."""
    transient: bool = False
    """Whether it answers for the rows it is given only, and leaves no model."""

    @property
    def external(self) -> bool:
        """Whether it is not MLlib's own, so that its package must be installed on every node."""
        return not self.module.startswith("pyspark.")

    @property
    def takes_threshold(self) -> bool:
        """Whether its model says yes from any probability that it is told."""
        return self.probability and "thresholds" in self.params

    @property
    def tree(self) -> bool:
        """Whether it is made of decision trees, whose bins must hold every category."""
        return "maxBins" in self.params


BINARY = frozenset({Problem.BINARY})
ANY_CLASSES = frozenset({Problem.BINARY, Problem.MULTICLASS})
REGRESSION = frozenset({Problem.REGRESSION})

THRESHOLDS: Parameters = {"thresholds": Parameter(kind=Kind.NUMBERS, low=0, least_items=2)}
"""MLlib also wants one for each class, at most one of them 0."""
DESCENT: Parameters = {"maxIter": integer(0), "tol": number(0)}
AGGREGATED: Parameters = {"aggregationDepth": integer(2)}
LINEAR: Parameters = {**DESCENT, **AGGREGATED, "fitIntercept": flag(), "maxBlockSizeInMB": number(0)}
ELASTIC: Parameters = {"regParam": number(0), "elasticNetParam": number(0, 1), "standardization": flag()}
CHECKPOINTS: Parameters = {"checkpointInterval": integer(1, also=-1)}

TREE: Parameters = {
    **CHECKPOINTS,
    "maxDepth": integer(0, 30),
    "maxBins": integer(2),
    "minInstancesPerNode": integer(1),
    "minWeightFractionPerNode": Parameter(kind=Kind.NUMBER, low=0, high=0.5, high_open=True),
    "minInfoGain": number(0),
    "maxMemoryInMB": integer(0),
    "cacheNodeIds": flag(),
}
CLASS_IMPURITY: Parameters = {"impurity": choice("gini", "entropy")}
VARIANCE: Parameters = {"impurity": choice("variance")}
ENSEMBLE: Parameters = {
    "subsamplingRate": above(0, 1),
    "featureSubsetStrategy": choice(
        "auto", "all", "onethird", "sqrt", "log2", pattern=r"[1-9]\d*|0?\.\d*[1-9]\d*|1\.0+"
    ),
}
FOREST: Parameters = {**TREE, **ENSEMBLE, "numTrees": integer(1), "bootstrap": flag()}
BOOSTED: Parameters = {
    **TREE,
    **ENSEMBLE,
    **VARIANCE,
    "maxIter": integer(0),
    "stepSize": above(0, 1),
    "validationTol": number(0),
}
FACTORISATION: Parameters = {
    **DESCENT,
    "factorSize": integer(1),
    "fitIntercept": flag(),
    "fitLinear": flag(),
    "regParam": number(0),
    "miniBatchFraction": above(0, 1),
    "initStd": above(0),
    "stepSize": above(0),
    "solver": choice("gd", "adamW"),
}
