"""The command line of ``spark-submit``: what of it concerns the machine, and what is the application's own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from local_aws.spark import EXECUTOR_OPTIONS, MACHINE_PROPERTIES

MACHINE_OPTIONS = frozenset({"--master", "--deploy-mode"})
SWITCHES = frozenset({"--verbose", "-v", "--supervise", "--help", "-h", "--version", "--usage-error"})


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A ``spark-submit`` command line without what names AWS's machines: master, deploy mode, interpreters."""

    options: tuple[str, ...]
    application: tuple[str, ...]
    properties_file: str | None


def parse_submission(args: Sequence[str], decided: Collection[str] = ()) -> Submission:
    """Read a command line; everything from the application's file on is opaque and stays as it is.

    ``decided`` names properties that are left out because they are not the application's to choose.
    """
    rest = list(args)
    kept: list[str] = []
    properties_file = None
    while rest and rest[0].startswith("-"):
        name, equals, inline = rest[0].partition("=")
        size = 1 if equals or name in SWITCHES else 2
        option, rest = rest[:size], rest[size:]
        value = inline if equals else option[-1]
        if name == "--properties-file":
            properties_file = value
        elif not _of_machine(name, value, MACHINE_PROPERTIES | set(decided)):
            kept += option
    return Submission(options=tuple(kept), application=tuple(rest), properties_file=properties_file)


def _of_machine(name: str, value: str, decided: Collection[str]) -> bool:
    chosen = value.partition("=")[0].strip() if name in {"--conf", "-c"} else EXECUTOR_OPTIONS.get(name)
    return chosen in decided or name in MACHINE_OPTIONS
