"""The ETLs that a learner may begin with: which files each needs, which job cleans them, which table comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.errors import SpecError, did_you_mean
from penstock.jobs import CleanAdultArgs, CleanLibsvmArgs, CleanPartsArgs, CleanViewersArgs
from penstock.mllib.stage import Content
from penstock.tables import ADULT, EXAMPLES, VIEWERS, Schema

if TYPE_CHECKING:
    from penstock.jobs import ReportingArgs
    from penstock.recipe.values import Recipe
    from workflow.learner.spec import Learner

Options = Mapping[str, Any]
"""What every cleaning job is told: where its outputs go, and how many bad rows it takes."""


@dataclass(frozen=True, kw_only=True)
class Etl:
    """One way from raw files to a table to learn from."""

    table: str
    schema: Schema
    files: tuple[str, ...]
    """The files of the source, by the names that the spec gives them."""
    arguments: Callable[[Mapping[str, str], Options], ReportingArgs]
    """Locations of the files and the options, to the job's arguments."""


def _parts(job: type[CleanPartsArgs]) -> Callable[[Mapping[str, str], Options], ReportingArgs]:
    return lambda files, options: job(train_uri=files["train"], test_uri=files["test"], **options)


def _viewers(files: Mapping[str, str], options: Options) -> ReportingArgs:
    return CleanViewersArgs(ratings_uri=files["ratings"], movies_uri=files["movies"], **options)


CENSUS = Etl(table="adult", schema=ADULT, files=("train", "test"), arguments=_parts(CleanAdultArgs))
"""UCI Adult."""
LABELLED_ROWS = Etl(table="examples", schema=EXAMPLES, files=("train", "test"), arguments=_parts(CleanLibsvmArgs))
"""LibSVM text."""
VIEWING = Etl(table="viewers", schema=VIEWERS, files=("ratings", "movies"), arguments=_viewers)
"""MovieLens, a row for each user."""

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double")
_HOLDS: Mapping[Content, tuple[str, ...]] = {
    Content.NUMBER: (*_NUMBERS, "boolean"),
    Content.CATEGORY: ("string", *_NUMBERS),
    Content.TEXT: ("string",),
    Content.WORDS: ("array<string>",),
    Content.VECTOR: (EXAMPLES["features"],),
}


def check_columns(spec: Learner, etl: Etl, where: str) -> None:
    """Every column that the spec names is in the table, with a type that fits; raises SpecError with the key path."""
    problems = [*_files(spec, etl), *_named(spec, etl)]
    for model, values in spec.models.items():
        problems += _of_recipe(values.recipe, etl, f"models.{model}.recipe")
    if problems:
        raise SpecError(
            "\n".join([f"{where} does not fit the table {etl.table!r}:", *(f"  {each}" for each in problems)])
        )


def _files(spec: Learner, etl: Etl) -> list[str]:
    given = spec.source.files
    unknown = [
        f"source.files.{name}: unknown; {did_you_mean(name, etl.files)}" for name in given if name not in etl.files
    ]
    return unknown + [f"source.files.{name}: missing" for name in etl.files if name not in given]


def _named(spec: Learner, etl: Etl) -> list[str]:
    places = {f"judging.segments[{index}]": name for index, name in enumerate(spec.judging.segments)}
    if spec.holdout.time_column:
        places["holdout.time_column"] = spec.holdout.time_column
    return [_absent(place, name, etl) for place, name in places.items() if name not in etl.schema]


def _of_recipe(recipe: Recipe, etl: Etl, where: str) -> list[str]:
    problems = []
    places = {
        f"{where}.columns.{content}[{index}]": (name, Content(content))
        for content, names in recipe.columns.items()
        for index, name in enumerate(names)
    }
    if recipe.label:
        wanted = Content.CATEGORY if recipe.kind.classifies else Content.NUMBER
        places[f"{where}.label.column"] = (recipe.label.column, wanted)
    if recipe.weight_column:
        places[f"{where}.weight_column"] = (recipe.weight_column, Content.NUMBER)
    for place, (name, content) in places.items():
        if name not in etl.schema:
            problems.append(_absent(place, name, etl))
        elif etl.schema[name] not in _HOLDS[content]:
            problems.append(
                f"{place}: {name!r} is {etl.schema[name]}; a {content.value} is {' or '.join(_HOLDS[content])}"
            )
    return problems


def _absent(place: str, name: str, etl: Etl) -> str:
    return f"{place}: no column {name!r}; {did_you_mean(name, etl.schema)}"
