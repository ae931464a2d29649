"""Job arguments: which Glue keeps for itself and what it hands to the script.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.glue.bookmarks import DISABLED, OPTION

MODULES, INSTALLER = "--additional-python-modules", "--python-modules-installer-option"
CATALOG = "--enable-glue-datacatalog"
CONSUMED = frozenset(
    {
        *("--conf", "--extra-py-files", "--extra-files", "--extra-jars", "--user-jars-first", "--scriptLocation"),
        *("--class", MODULES, INSTALLER),
    }
)
UNSUPPORTED = {"--extra-jars": "only Python is run here"}


class UnsupportedArgumentError(Exception):
    """An argument that changes what runs and that is not carried out here."""


@dataclass(frozen=True, kw_only=True)
class RunArguments:
    """The arguments of one run, sorted by whom they are for."""

    py_files: tuple[str, ...]
    files: tuple[str, ...]
    conf: Mapping[str, str]
    modules: tuple[str, ...]
    installer_options: tuple[str, ...]
    bookmark_option: str
    uses_catalog: bool
    script: tuple[str, ...]


def sort_arguments(arguments: Mapping[str, str], *, job_name: str, run_id: str) -> RunArguments:
    """Split a run's arguments; raise UnsupportedArgumentError rather than ignore one.

    The script sees what Glue's driver gives it: ``--JOB_NAME name --JOB_RUN_ID id``, then each other argument as two
    items, the key and the value.
    """
    for key, advice in UNSUPPORTED.items():
        if arguments.get(key):
            raise UnsupportedArgumentError(f"{key} is not supported: {advice}")
    given = {"--JOB_NAME": job_name, "--JOB_RUN_ID": run_id}
    passed = given | {key: value for key, value in arguments.items() if key not in CONSUMED}
    return RunArguments(
        py_files=_addresses(arguments.get("--extra-py-files", "")),
        files=_addresses(arguments.get("--extra-files", "")),
        conf=_properties(arguments.get("--conf", "")),
        modules=_addresses(arguments.get(MODULES, "")),
        installer_options=tuple(shlex.split(arguments.get(INSTALLER, ""))),
        bookmark_option=arguments.get(OPTION) or DISABLED,
        uses_catalog=arguments.get(CATALOG, "false").lower() != "false",
        script=tuple(item for pair in passed.items() for item in pair),
    )


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _properties(text: str) -> dict[str, str]:
    """Read ``a=b --conf c=d``: the one value in which Glue takes all Spark properties."""
    found = {}
    for part in text.split("--conf"):
        key, equals, value = part.strip().partition("=")
        if equals:
            found[key.strip()] = value.strip()
    return found
