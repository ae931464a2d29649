"""The page of the specs: one table for what all workflows share, one for each kind."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import typing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from penstock.described import field_docs, summary
from penstock.recipe.values import Recipe
from workflow.housekeeping.spec import Housekeeping
from workflow.learner.spec import Learner
from workflow.notebook.spec import ExploreRun
from workflow.prediction.spec import BatchPrediction
from workflow.recommender.spec import MovieRecommender
from workflow.reference.comments import FORM, comments
from workflow.reference.types import limits, parts, words
from workflow.rollback.flow import Rollback
from workflow.scheduling import Attempted, Scheduled
from workflow.spec import Workflow
from workflow.streaming.spec import EventStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

SPECS = Path(__file__).parents[2] / "specs"
SHARED: Mapping[str, type[BaseModel]] = {
    "Where and how often": Attempted,
    "When": Scheduled,
    "Every workflow that learns": Workflow,
}
KINDS: Mapping[str, tuple[type[BaseModel], str]] = {
    "A workflow that learns from a table": (Learner, "income_classifier"),
    "`movie_recommender`": (MovieRecommender, "movie_recommender"),
    "`batch_prediction`": (BatchPrediction, "batch_prediction"),
    "`event_counts`": (EventStream, "event_counts"),
    "`explore_run`": (ExploreRun, "explore_run"),
    "`housekeeping`": (Housekeeping, "housekeeping"),
    "`rollback_model`": (Rollback, "rollback_model"),
}
"""A model, and the shipped YAML whose comments say what its keys mean."""
INTRO = """Every key of the YAML files in `dags/specs/`. A key that is not here is an error, as is a wrong type or a
value out of range: [what a wrong spec says](../wrong-specs.md). *(form)* marks values that one run may be started with
others of, in Airflow's trigger form or by `SET="..."` after `make run`."""
HEAD = "| key | type | range | default | meaning |\n|---|---|---|---|---|"
RECIPE = "What a model is; [how recipes are written](../recipes.md). Estimators, stages and metrics are listed there."


def page() -> str:
    """All of it, as Markdown."""
    sections = [_section(name, model, "income_classifier") for name, model in SHARED.items()]
    sections += [_section(name, model, spec) for name, (model, spec) in KINDS.items()]
    title = "<!-- Written from the code by `make reference`; do not edit. -->\n\n# Specs"
    return "\n\n".join([title, INTRO, *sections, f"## Recipe\n\n{RECIPE}\n\n{_recipe()}"]) + "\n"


def rows(model: type[BaseModel], spec: str) -> Iterator[tuple[str, ...]]:
    """Key, type, range, default and meaning of a model's own fields; those of its shared bases have their own table."""
    shared = {name for each in SHARED.values() if each is not model for name in each.model_fields}
    own = set(inspect.get_annotations(model))
    if model is Attempted:
        own, shared = set(model.model_fields), set()
    if model is Workflow:
        own -= {"models", "timeouts"}  # each kind says its own
    said = comments(SPECS / f"{spec}.yaml")
    for name, field in model.model_fields.items():
        if name in own or name not in shared:
            yield from _of_field(name, name, field, field_docs(model), said)


def _of_field(
    key: str, name: str, field: FieldInfo, docs: Mapping[str, str], said: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    below, nested = parts(field.annotation)
    comment = said.get(re.sub(r"\[\]|\.<name>", "", key), "")
    meaning = docs.get(name) or _sentence(comment or field.description or "") or (summary(nested) if nested else "")
    if FORM in comment and FORM not in meaning:
        meaning += f" {FORM}"
    if field.annotation is Recipe:
        meaning = "[What the model is](#recipe)."
    shown = re.sub(r"(?<![`\w])[^\s`]*<\w+>[^\s`,;]*", r"`\g<0>`", meaning).replace(FORM, f"*{FORM}*")
    yield f"`{key}`", words(field.annotation), limits(field), _default(field), shown
    if nested:
        inner = field_docs(nested)
        for each, about in nested.model_fields.items():
            yield from _of_field(f"{key}{below}{each}", each, about, inner, said)


def _sentence(text: str) -> str:
    """A comment as a sentence; what begins with one of the choices stays as it is."""
    if not text or re.match(r"\w+( \||:|,)", text):
        return text
    return f"{text[0].upper()}{text[1:]}".removesuffix(":")


def _section(name: str, model: type[BaseModel], spec: str) -> str:
    bases = [heading for heading, base in SHARED.items() if base is not model and issubclass(model, base)]
    if issubclass(model, tuple(SHARED.values())) and model not in SHARED.values():
        links = ", ".join(f"[{each}](#{each.lower().replace(' ', '-')})" for each in bases)
        also = f"\n\nAnd the keys of: {links}."
    else:
        also = ""
    body = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows(model, spec))
    return f"## {name}\n\n{summary(model)}{also}\n\n{HEAD}\n{body}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "its defaults" if isinstance(value, BaseModel) else f"`{_shown(value)}`"


def _shown(value: Any) -> str:
    return value.value if isinstance(value, StrEnum) else json.dumps(value)


def _recipe() -> str:
    body = "\n".join(f"| {' | '.join(row)} |" for row in _dataclass("", Recipe))
    return f"| key | type | default | meaning |\n|---|---|---|---|\n{body}"


def _dataclass(above: str, cls: type) -> Iterator[tuple[str, ...]]:
    docs, hints = field_docs(cls), typing.get_type_hints(cls)
    for each in dataclasses.fields(cls):
        hint = hints[each.name]
        inside = [part for part in (hint, *typing.get_args(hint)) if dataclasses.is_dataclass(part)]
        kind = "list of block" if typing.get_origin(hint) is list and inside else "block" if inside else words(hint)
        meaning = docs.get(each.name) or (summary(inside[0]) if inside else "")
        yield f"`{above}{each.name}`", kind, _dataclass_default(each), meaning
        for part in inside:
            yield from _dataclass(f"{above}{each.name}{'[]' if 'list' in kind else ''}.", part)  # type: ignore[arg-type]


def _dataclass_default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        made = field.default_factory()
        return "its defaults" if dataclasses.is_dataclass(made) else f"`{_shown(made)}`"
    return "needed" if field.default is dataclasses.MISSING else f"`{_shown(field.default)}`"
