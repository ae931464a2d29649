from dataclasses import replace

import pytest

from tools.credentials import Credentials
from tools.errors import UNUSABLE, ToolError
from tools.settings import Settings
from tools.stack import identity
from tools.stack.programs import programs

SECRETS = Credentials()


def start(settings: Settings) -> None:
    identity.write(settings.home, identity.describe(settings, programs(settings, SECRETS)))


def ask(settings: Settings) -> None:
    identity.require(settings.home, identity.describe(settings, programs(settings, SECRETS)))


def test_another_shell_meets_the_same_stack(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    start(settings)
    for variable in ("PATH", "TZ", "LANG", "TMPDIR", "LC_ALL"):
        monkeypatch.setenv(variable, "/another")
    ask(replace(settings, data=settings.home, run_seconds=1, start_seconds=1))


def test_another_setting_is_named_with_both_values(settings: Settings) -> None:
    start(settings)
    with pytest.raises(ToolError) as raised:
        ask(replace(settings, mlflow_port=9000))
    assert str(raised.value) == (
        f"The stack in {settings.home} runs with other settings: PENSTOCK_MLFLOW_PORT is 8083, not 9000. "
        "Stop it first: make down"
    )
    assert raised.value.status == UNUSABLE


def test_a_stack_of_another_release_is_told_by_its_commands(settings: Settings) -> None:
    before = programs(settings, SECRETS)
    older = [replace(each, command=(*each.command, "--old")) if each.name == "mlflow" else each for each in before]
    identity.write(settings.home, identity.describe(settings, older))
    with pytest.raises(ToolError, match=r"runs with other settings: the command of mlflow is \[.*'--old'\], not \["):
        ask(settings)


def test_no_secret_is_written_down(settings: Settings) -> None:
    start(settings)
    text = (settings.home / "stack.json").read_text()
    assert SECRETS.aws_access_key_id not in text
    assert SECRETS.airflow_password not in text
