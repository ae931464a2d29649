"""Run moto's own tests of EMR, EMR Serverless and Glue against a plain moto server and against the local AWS.

The tests are in moto's source distribution: ``pip download --no-deps --no-binary moto moto==5.2.5``, unpacked. Then
``python -m tests.clients.moto_suites MOTO_CHECKOUT`` with the interpreter of the environment ``clients``, from the
root of the repository. Some tests name port 5000, so both servers listen there, one after the other; requests
are signed with moto's own keys, so signatures are not checked.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.clients.local_server import LOCAL_PYTHON, local_aws

PORT = 5000
SUITES = ("test_emr", "test_emrserverless", "test_glue")
Outcomes = dict[str, bool]


def main() -> int:
    """Print a table of both servers and the tests whose outcomes differ; return 1 if a suite has no tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, metavar="MOTO_CHECKOUT", help="the unpacked sources of moto")
    parser.add_argument("--log", action="store_true", help="show what pytest prints")
    arguments = parser.parse_args()
    with moto_server():
        plain = {suite: run(suite, arguments.checkout, log=arguments.log) for suite in SUITES}
    with tempfile.TemporaryDirectory() as root, local_aws(Path(root), port=PORT, LOCAL_AWS_AUTH="0"):
        local = {suite: run(suite, arguments.checkout, log=arguments.log) for suite in SUITES}
    sys.stdout.write(report(plain, local))
    return 0 if all(plain.values()) and all(local.values()) else 1


@contextmanager
def moto_server() -> Iterator[None]:
    """Start moto's server, as it is."""
    process = subprocess.Popen(
        [LOCAL_PYTHON, "-m", "moto.server", "-p", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def run(suite: str, checkout: Path, *, log: bool) -> Outcomes:
    """Run a suite in moto's server mode and return whether each test that ran has passed."""
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}"]
        environment = {"TEST_SERVER_MODE": "true", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
        subprocess.run(
            [*command, "--timeout=120", f"tests/{suite}"],
            cwd=checkout,
            env=os.environ | environment,
            stdout=sys.stderr if log else subprocess.DEVNULL,
            check=False,
        )
        return outcomes(junit)


def outcomes(junit: Path) -> Outcomes:
    """Read pytest's report; skipped tests are left out."""
    if not junit.exists():
        return {}
    found = {}
    for case in ET.parse(junit).iter("testcase"):
        if case.find("skipped") is None:
            failed = case.find("failure") is not None or case.find("error") is not None
            found[f"{case.get('classname')}::{case.get('name')}".removeprefix("tests.")] = not failed
    return found


def report(plain: dict[str, Outcomes], local: dict[str, Outcomes]) -> str:
    """Return the table, and below it the tests that differ."""
    lines = ["| suite | tests | pass on moto | pass on the local AWS |", "|---|---|---|---|"]
    for suite in SUITES:
        passed = f"{sum(plain[suite].values())} | {sum(local[suite].values())}"
        lines.append(f"| `{suite}` | {len(plain[suite])} | {passed} |")
    differ = [test for suite in SUITES for test in plain[suite] if plain[suite][test] != local[suite].get(test)]
    return "\n".join([*lines, "", *differ, ""])


if __name__ == "__main__":
    raise SystemExit(main())
