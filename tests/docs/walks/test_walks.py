"""Each page of `walks` in commands.yaml, done as it is written, in a copy of the repository; one stack for all."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs import classes
from tests.docs.reading import clone, steps
from tests.docs.shell import Shell, environment

CLASSES = classes.read()
CHOSEN = [page for page in CLASSES.walks if os.environ.get("PENSTOCK_DOCS_PAGE", "") in page]
PORTS = (
    "PENSTOCK_AIRFLOW_PORT",
    "PENSTOCK_AWS_PORT",
    "PENSTOCK_S3_PORT",
    "PENSTOCK_MLFLOW_PORT",
    "LOCAL_AWS_PORT",
    "LOCAL_AWS_S3_PORT",
)

pytestmark = pytest.mark.timeout(14_400)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with socket.create_server(("127.0.0.1", 8480)):
        """The pages name this port of the service; it must be free."""
    found = clone(tmp_path_factory.mktemp("docs") / "clone")
    yield found
    subprocess.run(["make", "down"], cwd=found, env=environment(found), check=False)


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    """Held all at once, so that they are distinct."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        return {name: str(each.getsockname()[1]) for name, each in zip(PORTS, sockets, strict=True)}


@pytest.mark.parametrize("page", CHOSEN)
def test_a_page_does_what_it_says(page: str, folder: Path, ports: dict[str, str], tmp_path: Path) -> None:
    shell = Shell(folder, {**environment(folder), **ports, **patience()}, tmp_path / "state")
    fails = {each.split(" ", 1)[1]: said for each, said in CLASSES.fails.items() if each.startswith(f"{page} ")}
    try:
        for step in steps(page):
            if step.text in CLASSES.quick or step.text in CLASSES.elsewhere:
                continue
            status, output = shell.follow(step, seconds=CLASSES.walks[page], ready=CLASSES.behind.get(step.text, ""))
            told = f"{page}:{step.line}: {step.text}\n{output[-6000:]}"
            if said := fails.pop(step.text, ""):
                assert status != 0, told
                assert said in output, told
            else:
                assert status == 0, told
    finally:
        shell.close()
    assert fails == {}


def patience() -> dict[str, str]:
    """A machine that runs tests may be slow."""
    return {"PENSTOCK_START_SECONDS": "900", "PENSTOCK_RUN_SECONDS": "3000"}
