"""The command line: `python -m tools <command>`; `make` calls it with the right interpreter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tools import bench as benchmarks
from tools import bundle as bundles
from tools import home as homes
from tools import packages as archives
from tools.capacity.command import capacity
from tools.console import console
from tools.credentials import load_or_create
from tools.datasets.locate import locate
from tools.deploy import cli as deploy
from tools.environment import command as environments
from tools.environment.recipe import Form
from tools.errors import FAILED
from tools.reporting import reporting as _reporting
from tools.runs.workflow import show_workflows
from tools.settings import REPOSITORY, Settings
from tools.stack import ports
from tools.stack.lifecycle import Stack
from tools.stack.programs import local_aws as local_aws_command
from tools.stack.status import show_status, show_welcome

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Penstock's local stack and demo, and its deployment on AWS.",
)
app.add_typer(deploy.app, name="deploy")
Named = Annotated[str | None, typer.Argument(metavar="WORKFLOW", help="One of the workflows that ship.")]
Given = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the run; the value is YAML.")
]
Svg = Annotated[Path | None, typer.Option(help="Also draw it into this file.")]
Machine = Annotated[
    str | None,
    typer.Option("--architecture", metavar="ARM64|X86_64", help="Of the cluster's machines: m7g is ARM64, m7i X86_64."),
]
app.command()(capacity)
Only = Annotated[list[str] | None, typer.Option("--only", metavar="WORKFLOW", help="Record only the runs of this one.")]
Into = Annotated[Path, typer.Option(help="The file of the calls.", show_default="tests/infra/calls/recorded.jsonl")]
Check = Annotated[bool, typer.Option("--check", help="Compare with the file instead, and fail if they differ.")]
RECORDED = REPOSITORY / "tests" / "infra" / "calls" / "recorded.jsonl"
User = Annotated[int | None, typer.Option(help="Whose recommendations the summary shows; the first user if unset.")]


@app.command()
def demo(user: User = None) -> None:
    """Start the stack if it is not up, run movie_recommender and sum it up."""
    from tools.demo.run import run_demo  # noqa: PLC0415 - pyarrow loads slowly, and only the demo needs it

    with _reporting():
        run_demo(_prepared(), user=user)


@app.command()
def run(workflow: Named = None, given: Given = None) -> None:
    """Start the stack if it is not up, run a workflow with its data and sum it up; without a name, list them."""
    from tools.runs.run import run_workflow  # noqa: PLC0415 - boto3 loads slowly

    with _reporting():
        if workflow is None:
            show_workflows(Settings.from_environment().dags)
        else:
            run_workflow(_prepared(), workflow, given or [])


@app.command()
def up() -> None:
    """Start the local stack and leave it running."""
    with _reporting():
        settings = _prepared()
        stack = Stack(settings)
        stack.up(locate(settings))
        show_welcome(stack)


@app.command()
def down() -> None:
    """Stop the local stack and every process it started."""
    with _reporting():
        stack = Stack(Settings.from_environment())
        names = [each.name for each in stack.supervisor.states() if each.state == "RUNNING"]
        swept = stack.down()
        if not names and not swept:
            console.print("Nothing was running.")
            return
        console.print(f"Stopped {', '.join(names) or 'what an earlier stack left'}.")
        for each in swept:
            console.print(f"  also ended {each}", markup=False, soft_wrap=True)


@app.command()
def serve() -> None:
    """Serve the stack's champion over HTTP, in the foreground."""
    from tools.serve import serve as become_service  # noqa: PLC0415 - boto3 loads slowly

    with _reporting():
        settings = Settings.from_environment()
        become_service(settings, load_or_create(settings.home))


@app.command()
def status() -> None:
    """Show which servers run, and where; the exit status is 1 if none does."""
    with _reporting():
        stack = Stack(Settings.from_environment())
        show_status(stack)
        if not stack.running():
            raise typer.Exit(FAILED)


@app.command()
def summary(svg: Svg = None) -> None:
    """Show the summary of the last successful demo again."""
    from tools.demo import report  # noqa: PLC0415 - as above

    with _reporting():
        found = report.load(Settings.from_environment().summary_file)
        console.record = svg is not None
        report.show(found)
        if svg is not None:
            console.save_svg(str(svg), title="make demo", code_format=report.SVG_FORMAT)


@app.command()
def data() -> None:
    """Find, download or generate the demo's data and say which."""
    with _reporting():
        for key, value in locate(_prepared()).facts().items():
            console.print(f"{key}: {value}", markup=False, soft_wrap=True)


@app.command()
def bench() -> None:
    """Measure the shipped models on the demo's data; the exit status is the benchmark's."""
    with _reporting():
        raise typer.Exit(benchmarks.bench(_prepared()))


@app.command()
def packages(architecture: Machine = None) -> None:
    """Pack the models' packages for clusters of an architecture, this machine's if unset, and say where they are."""
    with _reporting():
        chosen = archives.Architecture[architecture.upper()] if architecture else archives.Architecture.here()
        wanted = archives.wanted(_prepared().home, chosen)
        if not wanted.built:
            archives.build(wanted, chosen)
        console.print(f"{wanted.path}", markup=False, soft_wrap=True)


@app.command()
def package(
    into: Annotated[Path, typer.Option(help="The folder.")] = REPOSITORY / "build" / "package",
    deployment: Annotated[Path | None, typer.Option(help="A deployment.json to send along.")] = None,
    online: Annotated[bool, typer.Option("--online", help="Leave the wheels out: MWAA takes them from PyPI.")] = False,  # noqa: FBT002 - typer's form of a flag
    architecture: Machine = None,
) -> None:
    """Write what MWAA and Lambda are given: dags/, plugins.zip, requirements.txt, serving.zip, manifest.json."""
    from tools.package.show import package_into  # noqa: PLC0415 - only this command needs it

    with _reporting():
        package_into(into, deployment=deployment, wheels=not online, architecture=architecture)


@app.command()
def spark_environment(
    form: environments.Kind = Form.PACKAGES,
    architecture: environments.Machine = None,
    wheels: environments.Wheels = None,
    interpreter: environments.Interpreter = None,
    upload: environments.Root = None,
) -> None:
    """Pack NumPy, pandas, PyArrow, the engines and your own wheels for Spark on EMR and EMR Serverless."""
    with _reporting():
        environments.make(
            _prepared().home,
            form=form,
            architecture=architecture,
            wheels=wheels,
            interpreter=interpreter,
            upload=upload,
        )


@app.command()
def local_aws() -> None:
    """Become the local AWS alone, on the stack's ports and folder, until Ctrl-C."""
    with _reporting():
        settings = _prepared()
        ports.check({name: port for name, port in settings.ports.items() if "_AWS_" in name or "_S3_" in name})
        command = local_aws_command(settings)
    os.execv(command[0], command)  # noqa: S606 - our own command, without a shell


@app.command()
def record_calls(only: Only = None, into: Into = RECORDED, *, check: Check = False) -> None:
    """Run the workflows in a stack of their own and write down which calls they make of AWS, for tests/infra."""
    from tools.calls.record import record_calls as record  # noqa: PLC0415 - boto3 loads slowly

    with _reporting():
        record(_prepared(), only=only or [], into=into, check=check)


@app.command()
def clean() -> None:
    """Stop the stack and delete its home, if Penstock made that folder."""
    with _reporting():
        settings = Settings.from_environment()
        Stack(settings).down()
        gone = homes.delete(settings.home)
        console.print(f"{'Deleted' if gone else 'There is no'} {settings.home}", markup=False, soft_wrap=True)


@app.command()
def bundle() -> None:
    """Print the content hash of the job code and what it holds."""
    with _reporting():
        built = bundles.build_bundle(REPOSITORY)
        console.print(built.sha)
        for path, content in sorted(built.files.items()):
            console.print(f"  {path} ({len(content):,} bytes)", markup=False)


def _prepared() -> Settings:
    """The settings, their home made."""
    settings = Settings.from_environment()
    homes.prepare(settings.home)
    return settings
