"""The service does what its OpenAPI document says, for requests that the document allows and for those it does not."""

import subprocess
import sys
from pathlib import Path

from tests.serving.servers import running, settings_for


def test_schemathesis_finds_nothing(tmp_path):
    with running(settings_for(tmp_path)) as (client, _):
        paths = client.get("/openapi.json").json()["paths"]
        operations = sum(method in ("get", "post") for each in paths.values() for method in each)
        command = [
            *(Path(sys.executable).with_name("schemathesis"), "run", f"{client.base_url}/openapi.json"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--generation-deterministic"),
            *("--suppress-health-check", "all", "--no-color"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    tested = operations - 1  # it leaves out where it has the document from
    assert f"{tested} selected / {tested} total" in done.stdout
