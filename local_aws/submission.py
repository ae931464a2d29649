"""The command line of ``spark-submit``: what of it concerns the machine, and what is the application's own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from local_aws.spark import EXECUTOR_OPTIONS, MACHINE_PROPERTIES

MACHINE_OPTIONS = frozenset({"--master", "--deploy-mode"})
CONF = frozenset({"--conf", "-c"})
PROPERTIES_FILE = "--properties-file"
SWITCHES = frozenset({"--verbose", "-v", "--supervise", "--help", "-h", "--version", "--usage-error"})


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A ``spark-submit`` command line without what names AWS's machines: master, deploy mode, interpreters."""

    options: tuple[str, ...]
    application: tuple[str, ...]
    properties_file: str | None
    properties: Mapping[str, str] = field(default_factory=dict)
    """All that ``--conf`` says, of machines too."""
    archives: str = ""
    deploy_mode: str = ""


def parse_submission(args: Sequence[str], decided: Collection[str] = ()) -> Submission:
    """Read a command line; everything from the application's file on is opaque and stays as it is.

    ``decided`` names properties that are left out because they are not the application's to choose.
    """
    rest = list(args)
    kept: list[str] = []
    said: dict[str, str] = {}
    properties: dict[str, str] = {}
    while rest and rest[0].startswith("-"):
        name, equals, inline = rest[0].partition("=")
        size = 1 if equals or name in SWITCHES else 2
        option, rest = rest[:size], rest[size:]
        value = inline if equals else option[-1]
        said[name] = value
        if name in CONF:
            key, _, setting = value.partition("=")
            properties[key.strip()] = setting
        if name != PROPERTIES_FILE and not _of_machine(name, value, MACHINE_PROPERTIES | set(decided)):
            kept += option
    return Submission(
        options=tuple(kept),
        application=tuple(rest),
        properties_file=said.get(PROPERTIES_FILE),
        properties=properties,
        archives=said.get("--archives", ""),
        deploy_mode=said.get("--deploy-mode", ""),
    )


def _of_machine(name: str, value: str, decided: Collection[str]) -> bool:
    chosen = value.partition("=")[0].strip() if name in CONF else EXECUTOR_OPTIONS.get(name)
    return chosen in decided or name in MACHINE_OPTIONS
