"""`python -m tools capacity`: the plan as a table, as Markdown or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from tools.capacity.plan import Plan, plan
from tools.capacity.stages import Size
from tools.console import console
from tools.errors import ToolError

HEADER = ("job", "core-hours", "hours", "memory, GB")
NEAR = 0.1
"""The least share of a bound that is worth a line."""


def _number(text: str) -> int:
    """1e9 as people write it."""
    value = float(text)
    if value < 0 or value != int(value):
        raise typer.BadParameter(f"{text}: expected a whole number such as 1e9")
    return int(value)


Count = Annotated[int, typer.Option(parser=_number, metavar="NUMBER")]


def capacity(
    *,
    ratings: Count,
    users: Count,
    items: Count,
    rank: Count = 10,
    k: Count = 10,
    iterations: Count = 10,
    records: Annotated[int, typer.Option(parser=_number, metavar="NUMBER", help="JSON lines of batch prediction.")] = 0,
    instance: Annotated[str, typer.Option(help="Type of every node.")] = "m7g.2xlarge",
    region: Annotated[str, typer.Option(help="Whose prices of the shipped snapshot.")] = "us-east-1",
    hours: Annotated[float, typer.Option(help="In which all jobs are to end, one after the other.")] = 4.0,
    engine: Annotated[str, typer.Option(help="mllib or implicit.")] = "mllib",
    as_json: Annotated[bool, typer.Option("--json")] = False,
    markdown: Annotated[bool, typer.Option("--markdown")] = False,
) -> None:
    """Nodes, hours and dollars for a size, and what breaks first; extrapolated from two cores (docs/scaling.md)."""
    if not (ratings and users and items):
        raise typer.BadParameter("ratings, users and items must be at least 1")
    size = Size(ratings=ratings, users=users, items=items, rank=rank, k=k, iterations=iterations, records=records)
    try:
        found = plan(size, instance=instance, region=region, within_hours=hours, engine=engine)
    except ToolError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
    elif markdown:
        typer.echo("\n".join(page(found)))
    else:
        show(found)


def headline(found: Plan) -> str:
    """Nodes, hours, dollars."""
    return (
        f"{found.core_nodes:,} core node{'s' * (found.core_nodes > 1)} and a primary node of {found.instance} for "
        f"{brief(found.hours)} hours (the number by {found.why}), {dollars(found)}."
    )


def dollars(found: Plan) -> str:
    """The sum as far as prices are known."""
    if found.usd is None:
        return f"cost unknown: no price of {', '.join(found.unpriced)}"
    least = f"at least ${found.usd:,.2f}, without {', '.join(found.unpriced)}, whose price is not known"
    return least if found.unpriced else f"${found.usd:,.2f}"


def brief(value: float) -> str:
    """Two digits, or whole numbers: more would promise what the formulas do not hold."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"  # noqa: PLR2004 - two digits


def rows(found: Plan) -> Iterator[tuple[str, ...]]:
    """A row for each job."""
    for each in found.steps:
        yield (each.stage, brief(each.core_hours), brief(each.hours), brief(each.gigabytes))


def near(found: Plan) -> Iterator[tuple[str, ...]]:
    """The limits that are reached or near."""
    for each in found.limits:
        if each.used >= NEAR:
            yield (each.name, brief(each.used), each.then, each.knob)


def page(found: Plan) -> Iterator[str]:
    """As Markdown."""
    yield from (headline(found), "", f"| {' | '.join(HEADER)} |", "|---|---|---|---|")
    yield from (f"| {' | '.join(row)} |" for row in rows(found))
    yield from ("", "| limit | of its bound | at 1 | knob |", "|---|---|---|---|")
    yield from (f"| {' | '.join(row)} |" for row in near(found))


def show(found: Plan) -> None:
    """On the terminal."""
    console.print(headline(found), soft_wrap=True)
    jobs = Table(*HEADER)
    for row in rows(found):
        jobs.add_row(*row)
    bounds = Table("limit", "of its bound", "at 1", "knob")
    for row in near(found):
        bounds.add_row(*row)
    console.print(jobs)
    console.print(bounds)
    console.print("Extrapolated from two cores, without network, skew and spilling: docs/scaling.md.", soft_wrap=True)
