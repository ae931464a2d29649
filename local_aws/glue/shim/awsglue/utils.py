"""Job arguments, by AWS's parsing rules: argparse's, so prefixes are accepted and the last value of a name wins.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
"""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

BOOKMARK_OPTIONS = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")
CONTINUATION_OPTIONS = ("continuation-enabled", "continuation-readonly", "continuation-ignore")
BOOKMARK_RANGE = ("job-bookmark-from", "job-bookmark-to")
OF_THE_RUN = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION")
FOLDERS = ("TempDir", "RedshiftTempDir")
RESERVED = ("job-bookmark-option", "continuation-option", "encryption-type", *BOOKMARK_RANGE, *OF_THE_RUN)


class GlueArgumentError(Exception):
    """The script's arguments are not what it asks for."""


class GlueArgumentParser(argparse.ArgumentParser):
    """A parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Raise GlueArgumentError."""
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Iterable[str]) -> dict[str, Any]:
    """Return the named arguments and Glue's own, by name with underscores for hyphens.

    ``args`` is ``sys.argv``. Raises GlueArgumentError for a named argument that is missing and RuntimeError for a
    name that Glue reserves.
    """
    wanted = [option for option in options if option not in FOLDERS]
    for option in wanted:
        if option in RESERVED:
            raise RuntimeError(f"Using reserved arguments --{option}")
    parsed = vars(_parser(wanted).parse_known_args(args[1:])[0])
    parsed["TempDir"] = parsed["RedshiftTempDir"] = parsed["TempDir"] or parsed["RedshiftTempDir"]
    continuation = parsed.pop("continuation_option")
    if parsed["job_bookmark_option"] is None:
        index = CONTINUATION_OPTIONS.index(continuation or CONTINUATION_OPTIONS[2])
        parsed["job_bookmark_option"] = BOOKMARK_OPTIONS[index]
    _check_range(parsed)
    return parsed


def _parser(wanted: Iterable[str]) -> GlueArgumentParser:
    parser = GlueArgumentParser(add_help=True)
    parser.add_argument("--job-bookmark-option", choices=BOOKMARK_OPTIONS)
    parser.add_argument("--continuation-option", choices=CONTINUATION_OPTIONS)
    parser.add_argument("--encryption-type", choices=["sse-s3"])
    for name in (*BOOKMARK_RANGE, *OF_THE_RUN, *FOLDERS):
        parser.add_argument(f"--{name}")
    for name in wanted:
        parser.add_argument(f"--{name}", required=True)
    return parser


def _check_range(parsed: dict[str, Any]) -> None:
    absent = [name for name in BOOKMARK_RANGE if parsed[name.replace("-", "_")] is None]
    if parsed["job_bookmark_option"] == "job-bookmark-pause":
        if len(absent) == 1:
            raise RuntimeError(f"Missing option or value for --{absent[0]}")
    elif not absent:
        raise RuntimeError("Invalid option(s) " + " ".join(f"--{name}" for name in BOOKMARK_RANGE))
