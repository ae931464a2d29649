"""The page of the jobs: every option of every Spark and Glue job."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator

from penstock.described import summary
from penstock.jobs import ALL_JOBS
from tools.docs import fields
from tools.docs.markdown import code, page, section, table

if typing.TYPE_CHECKING:
    from penstock.arguments import JobArgs

HEAD = ("option", "type", "default", "range", "meaning")
INTRO = (
    "A job's command line is defined once, as a frozen dataclass in `penstock/jobs/`: the DAG renders it, the job "
    "parses it and refuses what does not fit. Options are written `--name=value`."
)


def jobs_page() -> str:
    """Every job, in the order of a workflow."""
    return page("Job arguments", INTRO, *(_job(each) for each in ALL_JOBS))


def _job(job: type[JobArgs]) -> str:
    return section(code(job.script), summary(job), table(HEAD, _rows(job)))


def _rows(job: type[JobArgs]) -> Iterator[tuple[str, ...]]:
    hints = typing.get_type_hints(job)
    for each in dataclasses.fields(job):
        text = f"{each.metadata['help'][0].upper()}{each.metadata['help'][1:]}."
        yield (
            code(f"--{each.name}"),
            hints[each.name].__name__,
            fields.shown_default(each),
            _range(each.metadata),
            text,
        )


def _range(about: typing.Mapping[str, typing.Any]) -> str:
    low, high = about["minimum"], about["maximum"]
    if about["choices"]:
        return ", ".join(map(code, about["choices"]))
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:,} '}to{'' if high is None else f' {high:,}'}"
