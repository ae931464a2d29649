"""What is known about a model that was trained and judged, whichever jobs did it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.assessment import Assessment, Estimates
from penstock.documents import Column, Document, Evaluation, Metrics, TrainingReport
from penstock.errors import DocumentError
from penstock.fitting import FitReport
from penstock.tables import RATINGS, columns

if TYPE_CHECKING:
    from penstock.estimate import Estimate

ALS_MODEL = "pyspark.ml.recommendation.ALSModel"
PIPELINE_MODEL = "pyspark.ml.pipeline.PipelineModel"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A model's training and judgement in the terms of gate and registry."""

    algorithm: str
    model_class: str
    """The class that loads the saved model."""
    model_uri: str
    held_out: str
    """The hold-out in words: only models of one hold-out can be compared."""
    params: dict[str, Any]
    inputs: list[Column]
    """Columns that the model needs."""
    outputs: list[Column]
    fingerprint: str
    """Of the rows that it was trained and judged on."""
    code_sha: str
    seconds: float
    challenger: Metrics
    champion: Metrics | None
    baselines: dict[str, Metrics]
    gains: dict[str, Estimate]
    incomparable: str
    """Why there is a champion that could not be judged on these rows."""
    digest: str
    """Equal documents, equal digest."""

    @property
    def version(self) -> str:
        """The name of the version's folder, of its bundle, and of what a service says that it serves."""
        return self.digest[:16]


def of_recommender(training: TrainingReport, evaluation: Evaluation) -> Evidence:
    """Of ALS trained and judged as a recommender."""
    known = [each for each in columns(RATINGS) if each.name in ("user_id", "item_id")]
    return Evidence(
        algorithm=training.algorithm,
        model_class=ALS_MODEL,
        model_uri=training.model_uri,
        held_out=training.split,
        params={
            **training.best,
            "objective": training.objective,
            "algorithm": training.algorithm,
            "split": training.split,
            "seed": training.seed,
            "train_rows": training.train_rows,
        },
        inputs=known,
        outputs=[Column(name="prediction", type="float")],
        fingerprint=training.fingerprint,
        code_sha=training.code_sha,
        seconds=training.seconds,
        challenger=evaluation.challenger,
        champion=evaluation.champion,
        baselines=evaluation.baselines,
        gains=evaluation.gains,
        incomparable="",
        digest=_digest(training, evaluation),
    )


def of_recipe(fit: FitReport, assessment: Assessment) -> Evidence:
    """Of an estimator that was fitted from a recipe."""
    label = [Column(name="predicted_label", type="string")] if fit.classes else []
    fixed = {
        "estimator": fit.estimator,
        "problem": fit.problem,
        "holdout": fit.holdout,
        "seed": fit.seed,
        "train_rows": fit.train_rows,
        "recipe": fit.recipe_fingerprint,
    }
    return Evidence(
        algorithm=fit.estimator,
        model_class=PIPELINE_MODEL,
        model_uri=fit.model_uri,
        held_out=fit.holdout,
        params={**fit.params, **fixed},
        inputs=fit.inputs,
        outputs=[Column(name="prediction", type="double"), *label],
        fingerprint=fit.fingerprint,
        code_sha=fit.code_sha,
        seconds=fit.seconds,
        challenger=_values(assessment.challenger.metrics),
        champion=_values(assessment.champion.metrics) if assessment.champion else None,
        baselines={name: _values(metrics) for name, metrics in assessment.baselines.items()},
        gains=assessment.gains,
        incomparable=assessment.champion_problem,
        digest=_digest(fit, assessment),
    )


Pair = tuple[type[Document], type[Document]]
_PAIRS: dict[Pair, Callable[[Any, Any], Evidence]] = {
    (TrainingReport, Evaluation): of_recommender,
    (FitReport, Assessment): of_recipe,
}


def parse_evidence(trained: tuple[str, str], judged: tuple[str, str]) -> Evidence:
    """From (text, location) of both documents; raises DocumentError for documents that do not belong together."""
    kinds = _kind(*trained), _kind(*judged)
    for pair, build in _PAIRS.items():
        if kinds == (pair[0].kind, pair[1].kind):
            return build(pair[0].from_json(*trained), pair[1].from_json(*judged))
    raise DocumentError(
        f"{trained[1]} is a document of kind {kinds[0]!r} and {judged[1]} of kind {kinds[1]!r}; expected "
        + " or ".join(f"{first.kind} and {second.kind}" for first, second in _PAIRS)
    )


def _kind(text: str, source: str) -> str:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise DocumentError(f"{source} is not JSON: {error}") from error
    return str(data.get("kind")) if isinstance(data, dict) else "?"


def _values(estimates: Estimates) -> Metrics:
    return {name: each.value for name, each in estimates.items()}


def _digest(*documents: Document) -> str:
    return hashlib.sha256("".join(each.to_json() for each in documents).encode()).hexdigest()
