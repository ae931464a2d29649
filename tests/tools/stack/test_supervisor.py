import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from tools.credentials import Credentials
from tools.errors import ToolError
from tools.settings import Settings
from tools.stack.programs import MARKER, Program, programs
from tools.stack.supervisor import configuration, socket_path


def parsed(settings: Settings, servers: list[Program]) -> ServerOptions:
    """The configuration as supervisord itself reads it."""
    settings.logs.mkdir(parents=True)
    path = settings.home / "supervisord.conf"
    path.write_text(configuration(settings, servers))
    options = ServerOptions()
    options.realize(["-c", str(path), "-n"])
    return options


def test_supervisord_reads_back_every_command_and_environment(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a home, really")
    servers = programs(settings, Credentials())
    found = {each.name: each.process_configs[0] for each in parsed(settings, servers).process_group_configs}
    assert set(found) == {each.name for each in servers}
    for each in servers:
        assert found[each.name].environment == dict(each.environment)
        assert found[each.name].autostart is not each.waits_for_database
        assert found[each.name].stopasgroup
        assert found[each.name].killasgroup


def test_the_connection_survives_as_json(settings: Settings) -> None:
    servers = programs(settings, Credentials(aws_secret_access_key="a b%c;d#"))
    scheduler = next(
        each.process_configs[0]
        for each in parsed(settings, servers).process_group_configs
        if each.name == "airflow-scheduler"
    )
    connection = json.loads(scheduler.environment["AIRFLOW_CONN_AWS_DEFAULT"])
    assert connection["password"] == "a b%c;d#"
    assert connection["extra"]["service_config"]["s3"]["endpoint_url"] == "http://127.0.0.1:8082"


@pytest.mark.parametrize("value", ["both ' and \"", "a ;comment", "a #comment", "two\nlines"])
def test_what_its_format_cannot_carry_is_refused(settings: Settings, value: str) -> None:
    with pytest.raises(ToolError, match="supervisord cannot carry a line break"):
        configuration(settings, [Program(name="server", command=(value,), environment={})])


def test_the_shell_that_starts_a_server_does_not_leak_into_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaks = ("AWS_PROFILE", "HTTP_PROXY", "SPARK_HOME", "AIRFLOW__CORE__EXECUTOR")
    for each in leaks:
        monkeypatch.setenv(each, "leak")
    monkeypatch.setenv("PYTHONPATH", "/leak")
    for program in programs(settings, Credentials()):
        assert program.environment[MARKER] == str(settings.home)
        assert "/leak" not in program.environment["PYTHONPATH"]
        assert program.environment["AWS_CONFIG_FILE"] == os.devnull
        assert all(program.environment.get(each) != "leak" for each in leaks)


def test_a_home_too_deep_for_a_unix_socket_gets_a_short_one() -> None:
    assert socket_path(Path("/short")) == Path("/short/supervisor.sock")
    deep = Path("/" + "/".join(["deep"] * 30))
    assert len(str(socket_path(deep))) < 104
    assert socket_path(deep) != socket_path(deep / "er")


def test_no_secret_stands_on_a_command_line(settings: Settings) -> None:
    secrets = Credentials(database_password="of-postgres", serving_key="of-the-service")
    commands = [part for program in programs(settings, secrets) for part in program.command]
    assert not {value for value in asdict(secrets).values() if any(value in part for part in commands)}
