import re

import pytest
from typer.testing import CliRunner

from serving.cli import app
from serving.security.keys import Keys, Role
from tests.serving.bundles import write_small
from tests.serving.servers import VERSION


def run(*arguments, **env):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200", **env})


def test_a_key_is_printed_once_and_opens(tmp_path):
    path = tmp_path / "keys.json"
    result = run("make-key", "--file", path, "--role", "admin")
    assert result.exit_code == 0
    assert re.fullmatch(r"pst_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n", result.output)
    assert Keys(path).caller(result.output.strip()).role == Role.ADMIN


def test_a_file_of_keys_that_is_none(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text("{}")
    result = run("make-key", "--file", path)
    assert (result.exit_code, result.stderr) == (
        1,
        f"{path} is no file of keys: keys: missing. Write one with `python -m serving make-key`\n",
    )


def test_a_bundle_is_described(tmp_path):
    write_small(tmp_path)
    result = run("check-bundle", tmp_path)
    assert result.exit_code == 0
    told = dict(line.split(maxsplit=1) for line in result.output.splitlines() if len(line.split()) > 1)
    assert (told["version"].strip(), told["users"].strip(), told["items"].strip()) == (VERSION, "3", "4")


def test_a_bundle_that_is_none(tmp_path):
    result = run("check-bundle", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{tmp_path}/manifest.json: cannot be opened as a plain file")


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], ["--host", "::"]])
def test_a_service_without_keys_is_not_opened_to_the_network(tmp_path, options):
    result = run("serve", *options, PENSTOCK_SERVING_CACHE=str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith("PENSTOCK_SERVING_AUTH=none with PENSTOCK_SERVING_HOST=")
