"""A job's command line, defined once as a frozen dataclass and used in both directions.

A DAG renders arguments (`to_argv`), the job parses them (`from_argv`). Jinja templates pass through `to_argv`
untouched; types, choices and ranges are checked where the values are final, in `from_argv`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import typing
from typing import Any, ClassVar, NoReturn, TypeVar

from penstock.errors import ArgumentError, did_you_mean

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

A = TypeVar("A", bound="JobArgs")

EMR_ARGUMENT_LIMIT = 10_280
"""Characters in one argument of an EMR step (RunJobFlow, HadoopJarStepConfig.Args)."""


def arg(
    help: str,  # noqa: A002 - argparse's own word
    *,
    default: Any = dataclasses.MISSING,
    choices: Sequence[str] = (),
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """A dataclass field with what the command line needs to know about it; the range is inclusive."""
    metadata = {"help": help, "choices": tuple(map(str, choices)), "minimum": minimum, "maximum": maximum}
    return dataclasses.field(default=default, metadata=metadata)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentError(f"{self.prog}: {message}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobArgs:
    """Base of every job's arguments; fields are str, int or float, structured values are one JSON string."""

    script: ClassVar[str]
    """The entry script's path in the repository."""
    foreign: ClassVar[bool] = False
    """Whether the runtime adds options of its own, as Glue does, which are then ignored."""
    inputs: ClassVar[tuple[str, ...]] = ()
    """The arguments that name the folders whose size tells how much work the job has."""
    in_python: ClassVar[bool] = False
    """Whether the work is done in Python workers, and Java only reads and writes."""

    def to_argv(self) -> list[str]:
        """`--name=value` for every field, unvalidated; raises ArgumentError over EMR's length limit."""
        argv = [f"--{name}={getattr(self, name)}" for name in self.field_names()]
        for each in argv:
            if len(each) > EMR_ARGUMENT_LIMIT:
                name = each.partition("=")[0]
                raise ArgumentError(
                    f"{self.script} {name} has {len(each):,} characters; EMR takes {EMR_ARGUMENT_LIMIT:,}. "
                    "Put the value into a document on S3 and pass its location."
                )
        return argv

    def input_uris(self) -> list[str]:
        """The folders whose size tells how much work the job has."""
        return [getattr(self, name) for name in self.inputs]

    def to_glue(self) -> dict[str, str]:
        """The same as Glue's Arguments map."""
        return dict(each.split("=", 1) for each in self.to_argv())

    @classmethod
    def from_argv(cls: type[A], argv: Sequence[str]) -> A:
        """Parse and validate; raises ArgumentError that names the option, the value got and what was expected."""
        parser, hints = cls._parser(), typing.get_type_hints(cls)
        parsed, unknown = parser.parse_known_args(list(argv))
        if unknown and not cls.foreign:
            name = unknown[0].partition("=")[0].lstrip("-")
            raise ArgumentError(
                f"{cls.script}: unknown argument {unknown[0]!r}; {did_you_mean(name, cls.field_names())}"
            )
        values = {
            field.name: _parse(cls, field, hints[field.name], vars(parsed)[field.name])
            for field in dataclasses.fields(cls)
        }
        return cls(**values)

    @classmethod
    def field_names(cls) -> list[str]:
        """The options' names, in order."""
        return [field.name for field in dataclasses.fields(cls)]

    @classmethod
    def _parser(cls) -> _Parser:
        parser = _Parser(prog=cls.script, description=cls.__doc__, allow_abbrev=False)
        for field in dataclasses.fields(cls):
            needed = field.default is dataclasses.MISSING
            default = None if needed else str(field.default)
            text = field.metadata["help"].replace("%", "%%")
            parser.add_argument(f"--{field.name}", required=needed, default=default, help=text)
        return parser


def string_list(text: str, where: str) -> list[str]:
    """A JSON list of strings, each once, in their order; raises ArgumentError that begins with `where`."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ArgumentError(f"{where}: not JSON: {error}") from error
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise ArgumentError(f'{where}: expected a JSON list of strings, e.g. ["one", "two"]')
    return list(dict.fromkeys(values))


def _parse(cls: type[JobArgs], field: dataclasses.Field[Any], kind: type, text: str) -> Any:
    where = f"{cls.script}: --{field.name}={text}"
    try:
        value = kind(text)
    except ValueError as error:
        raise ArgumentError(f"{where}: expected {kind.__name__}") from error
    choices, low, high = (field.metadata[key] for key in ("choices", "minimum", "maximum"))
    if choices and value not in choices:
        raise ArgumentError(f"{where}: {did_you_mean(str(value), choices)}")
    if kind is float and not math.isfinite(value):
        raise ArgumentError(f"{where}: expected a finite number")
    if (low is not None and value < low) or (high is not None and value > high):
        raise ArgumentError(f"{where}: expected {_range(low, high)}")
    return value


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
