"""The trigger form of a recommender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.jobs import CleanRatingsArgs, ScoreArgs, SeenItems, SourceFormat, SplitArgs, SplitMethod
from workflow.form import DATA, HELD_OUT, choice, gate_mode, number, raw_uri

if TYPE_CHECKING:
    from airflow.sdk import Param

    from penstock.deployment import Deployment
    from workflow.recommender.spec import MovieRecommender

RECOMMENDATIONS = "Recommendations"


def params(spec: MovieRecommender, deployment: Deployment) -> dict[str, Param]:
    """All parameters; defaults from the spec, ranges from the jobs."""
    source, split, scoring = spec.source, spec.split, spec.scoring
    return {
        "raw_uri": raw_uri(deployment, source.dataset, files="the files of ratings and movies"),
        "source_format": choice(
            source.format, SourceFormat, DATA, "Format", "csv with a header, or `::`-separated dat."
        ),
        "max_bad_ratio": number(
            source.max_bad_ratio, CleanRatingsArgs, "max_bad_ratio", DATA, "Largest share of refused rows"
        ),
        "split_method": choice(
            split.method, SplitMethod, HELD_OUT, "Split", "random, temporal, or the classic timestamp % 10."
        ),
        "test_fraction": number(split.test_fraction, SplitArgs, "test_fraction", HELD_OUT, "Test fraction"),
        "validation_fraction": number(
            split.validation_fraction, SplitArgs, "validation_fraction", HELD_OUT, "Validation fraction"
        ),
        "seed": number(split.seed, SplitArgs, "seed", HELD_OUT, "Seed", kind="integer"),
        "gate_mode": gate_mode(spec),
        "top_k": number(scoring.top_k, ScoreArgs, "k", RECOMMENDATIONS, "Movies per user", kind="integer"),
        "seen_items": choice(
            scoring.seen_items, SeenItems, RECOMMENDATIONS, "Rated movies", "Whether they may be recommended."
        ),
    }
