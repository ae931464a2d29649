"""The document of an environment, with a program in the place of cyclonedx-py; `make sbom` runs the real one."""

import json
import sys
from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.supply.locks import Pin
from tools.supply.sbom import write

LOCKED = {Pin(name="zope-interface", version="1")}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter whose `cyclonedx_py` describes one package, or refuses an environment named `broken`."""
    (tmp_path / "cyclonedx_py.py").write_text(
        "import sys, json, pathlib\n"
        "*_, into, environment = sys.argv\n"
        "if environment.endswith('broken'): sys.exit('no environment there')\n"
        "found = {'components': [{'name': 'Zope.Interface', 'version': '1'}]}\n"
        "pathlib.Path(into).write_text(json.dumps(found))\n"
    )
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    return program


def test_a_document_of_what_is_locked_is_counted(python: Path, tmp_path: Path) -> None:
    into = tmp_path / "build" / "a.json"
    assert write(python, tmp_path / "environment", into, LOCKED) == 1
    assert json.loads(into.read_text()) == {"components": [{"name": "Zope.Interface", "version": "1"}]}


def test_what_is_installed_and_not_locked_is_named(python: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        write(python, tmp_path / "environment", tmp_path / "a.json", set())
    assert str(caught.value) == (
        f"{tmp_path}/environment holds what its lock does not: zope-interface==1. Make it again: make environments."
    )


def test_a_refusal_says_why(python: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        write(python, tmp_path / "broken", tmp_path / "a.json", LOCKED)
    assert str(caught.value) == (f"No SBOM of {tmp_path}/broken: cyclonedx-py ended with 1: no environment there")
