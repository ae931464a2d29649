"""The trigger form: every parameter with a title, a description, its choices and its range."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from penstock.gate import GateMode
from penstock.jobs import CleanRatingsArgs, ScoreArgs, SeenItems, SourceFormat, SplitArgs, SplitMethod

if TYPE_CHECKING:
    from penstock.arguments import JobArgs
    from penstock.deployment import Deployment
    from workflow.spec import MovieRecommender

DATA, HELD_OUT, PROMOTION, RECOMMENDATIONS = "Data", "Held-out rows", "Promotion", "Recommendations"


def param(name: str) -> Any:
    """A reference to a parameter of the run, to be rendered by Jinja."""
    return f"{{{{ params.{name} }}}}"


def params(spec: MovieRecommender, deployment: Deployment) -> dict[str, Param]:
    """All parameters; defaults from the spec, ranges from the jobs."""
    source, split, scoring = spec.source, spec.split, spec.scoring
    return {
        "raw_uri": Param(
            deployment.layout.raw(source.dataset),
            type="string",
            pattern=r"^s3://[^/]+/.+[^/]$",
            section=DATA,
            title="Raw data",
            description="Folder on S3 with the files of ratings and movies, without a slash at the end.",
        ),
        "source_format": _choice(
            source.format, SourceFormat, DATA, "Format", "csv with a header, or `::`-separated dat."
        ),
        "max_bad_ratio": _number(
            source.max_bad_ratio, CleanRatingsArgs, "max_bad_ratio", DATA, "Largest share of refused rows"
        ),
        "split_method": _choice(
            split.method, SplitMethod, HELD_OUT, "Split", "random, temporal, or the classic timestamp % 10."
        ),
        "test_fraction": _number(split.test_fraction, SplitArgs, "test_fraction", HELD_OUT, "Test fraction"),
        "validation_fraction": _number(
            split.validation_fraction, SplitArgs, "validation_fraction", HELD_OUT, "Validation fraction"
        ),
        "seed": _number(split.seed, SplitArgs, "seed", HELD_OUT, "Seed", kind="integer"),
        "gate_mode": _choice(
            spec.gate_mode,
            GateMode,
            PROMOTION,
            "Gate",
            "enabled promotes only models that pass; dry_run checks, records and promotes; disabled does not check.",
        ),
        "top_k": _number(scoring.top_k, ScoreArgs, "k", RECOMMENDATIONS, "Movies per user", kind="integer"),
        "seen_items": _choice(
            scoring.seen_items, SeenItems, RECOMMENDATIONS, "Rated movies", "Whether they may be recommended."
        ),
    }


def params_page(spec: MovieRecommender, deployment: Deployment) -> str:
    """The parameters as a Markdown table."""
    rows = [
        f"| `{name}` | {each.schema['title']} | `{each.value}` | {each.description} |"
        for name, each in params(spec, deployment).items()
    ]
    return "\n".join(["### Parameters", "", "| name | title | default | meaning |", "|---|---|---|---|", *rows])


def _choice(default: StrEnum, choices: type[StrEnum], section: str, title: str, description: str) -> Param:
    names = [each.value for each in choices]
    return Param(default.value, type="string", enum=names, section=section, title=title, description=description)


def _number(default: float, job: type[JobArgs], field: str, section: str, title: str, *, kind: str = "number") -> Param:
    about = job.__dataclass_fields__[field].metadata
    bounds = {key: about[key] for key in ("minimum", "maximum") if about[key] is not None}
    description = f"{about['help'][0].upper()}{about['help'][1:]}."
    return Param(default, type=kind, section=section, title=title, description=description, **bounds)
