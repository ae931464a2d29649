"""The command ``python -m local_aws faults``: orders faults from a running server."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from local_aws.authentication.client import Signed
from local_aws.faults.endpoint import PATH
from local_aws.faults.registry import KINDS

app = typer.Typer(no_args_is_help=True, help="Let things go wrong on a running server: add, list and clear faults.")
screen = Console(highlight=False, soft_wrap=True)
StateFile = Annotated[
    Path, typer.Option(envvar="LOCAL_AWS_STATE_FILE", help="The state file of the server that is meant.")
]
STATE_FILE = Path(".local-aws/connection.json")


def call(state_file: Path, method: str, path: str = "", order: dict[str, Any] | None = None) -> Any:
    """Send a request to the server; print what is wrong and exit with 1 if that fails."""
    try:
        connection = json.loads(state_file.read_text())
        url = f"{connection['endpoint_url']}{PATH}{path}"
        answer = httpx.request(method, url, json=order, auth=Signed(connection), trust_env=False, timeout=60)
        value = answer.json()
    except (OSError, ValueError, KeyError, httpx.HTTPError) as problem:
        typer.echo(f"error: no server of {state_file} answers: {problem}", err=True)
        raise typer.Exit(1) from problem
    if answer.is_error:
        typer.echo(f"error: {value.get('error') or value.get('message')}", err=True)
        raise typer.Exit(1)
    return value


@app.command(epilog="  ".join(f"{kind}: {text}." for kind, (text, _) in KINDS.items()))
def add(
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS))],
    *,
    service: Annotated[str | None, typer.Option(help="Service by boto3's name; a pattern.")] = None,
    operation: Annotated[str | None, typer.Option(help="Operation such as RunJobFlow; a pattern.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Id or name of the cluster; a pattern.")] = None,
    step: Annotated[str | None, typer.Option(help="Id or name of the step; a pattern.")] = None,
    times: Annotated[int | None, typer.Option(help="How often; 0 is until cleared.", show_default="1")] = None,
    after: Annotated[float | None, typer.Option(help="Seconds from the start to the fault.")] = None,
    seconds: Annotated[float | None, typer.Option(help="How long it lasts.")] = None,
    status: Annotated[int | None, typer.Option(help="HTTP status of an error.", show_default="500")] = None,
    state_file: StateFile = STATE_FILE,
) -> None:
    """Order a fault and print its id."""
    given = {
        "service": service,
        "operation": operation,
        "cluster": cluster,
        "step": step,
        "times": times,
        "after": after,
        "seconds": seconds,
        "status": status,
    }
    order = {"kind": kind} | {name: value for name, value in given.items() if value is not None}
    typer.echo(call(state_file, "POST", order=order)["id"])


@app.command("list")
def list_faults(*, state_file: StateFile = STATE_FILE) -> None:
    """Show every fault and how often it has happened."""
    found = call(state_file, "GET")["Faults"]
    table = Table("id", "kind", "for", "times", "hits", box=None)
    for fault in found:
        about = {key: value for key, value in fault.items() if key not in {"id", "kind", "times", "hits"}}
        chosen = ", ".join(f"{key} {value}" for key, value in about.items() if value not in {"*", 0.0})
        times = fault.get("times", "-") or "until cleared"
        table.add_row(fault["id"], fault["kind"], chosen or "everything", str(times), str(fault["hits"]))
    screen.print(table if found else "no faults")


@app.command()
def clear(
    fault_id: Annotated[str | None, typer.Argument(help="Which; all if not given.", show_default=False)] = None,
    *,
    state_file: StateFile = STATE_FILE,
) -> None:
    """Forget one fault, or all."""
    typer.echo(f"cleared {call(state_file, 'DELETE', f'/{fault_id}' if fault_id else '')['Cleared']}")
